import { createTestCore, findInRedis, randomNumber } from "@watchword/otp-core/testing";
import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { startTestApi } from "../testing/api.fixture.ts";
import { expectReplay } from "../testing/idempotency.fixture.ts";

/** Ten digits, so that nothing else looks like a code by chance. */
const core = await createTestCore({ applicationId: randomUUID(), settings: { codeLength: 10 } });
const api = await startTestApi({ core });

const encoded = (text: string) => [
  text,
  Buffer.from(text).toString("base64").slice(0, -4),
  Buffer.from(text).toString("base64url").slice(0, -2),
  Buffer.from(text).toString("hex"),
];

test("no number, code, token or idempotency key is found in Redis or the log, in a name or a value", async () => {
  const to = randomNumber();
  const { redis } = core;
  // An application may well put the number into the key.
  const keys = ["start", "guess", "check", "other"].map((action) => `${action}-${to}-${randomUUID()}`);
  const [starting = "", guessing = "", checking = "", other = ""] = keys;
  const send = async (url: string, body: object, key: string) => {
    const first = await api.post(url, body, { "idempotency-key": key });
    expect(first.statusCode).toBeLessThan(300);
    expectReplay(first, await api.post(url, body, { "idempotency-key": `"${key}"` }));
    return first;
  };

  const started = await send("/v1/verifications", { to }, starting);
  const { id } = started.json<{ id: string }>();
  const code = await core.codeOf(id);
  await send(`/v1/verifications/${id}/check`, { code: api.wrong(code) }, guessing);
  const checked = await send(`/v1/verifications/${id}/check`, { code }, checking);
  await send("/v1/verifications/check", { to, code }, other);
  const conflict = await api.post("/v1/verifications/check", { to, code }, { "idempotency-key": checking });
  expect(conflict.statusCode).toBe(422);

  const { token } = checked.json<{ token: string }>();
  expect(token.split(".")).toHaveLength(3);
  const secrets = [to.slice(1), to.slice(2), code, api.wrong(code), token, ...token.split("."), ...keys];
  expect(await findInRedis(redis, secrets.flatMap(encoded))).toEqual([]);
  // Of the answers that are kept, not even the masked number can be read.
  const masked = `${to.slice(0, 5)}•••${to.slice(-4)}`;
  expect(await findInRedis(redis, ["attempts_remaining", masked])).toEqual([]);
  for (const secret of secrets) expect(api.log()).not.toContain(secret);

  // It is all there, though: sealed.
  const slots = keys.flatMap((key) => core.keyring.requestSlots(core.application.id, key, ""));
  expect(await redis.exists(...slots.map(({ tag }) => `ww:{${tag}}:request`))).toBe(4);
});
