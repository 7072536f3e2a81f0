import { randomInt } from "node:crypto";
import { randomNumber } from "@watchword/otp-core/testing";
import { expect, test } from "vitest";
import { expectProblem, startTestApi } from "./testing/api.fixture.ts";

/** The number may be asked for as often as a guesser likes: the lock alone stands in the way. */
const limits = { "number-15m": false, "number-24h": false } as const;
const api = await startTestApi({ settings: { resendGapSeconds: 0, limits } });
const { core, post } = api;

/** What a client may say of where it comes from, which nobody has asked it. */
const forged = () => {
  const address = `198.51.${randomInt(256)}.${randomInt(256)}`;
  return {
    "x-forwarded-for": `${address}, 127.0.0.1`,
    forwarded: `for=${address}`,
    "x-real-ip": address,
    "cf-connecting-ip": address,
    "true-client-ip": address,
  };
};

/** Wrong codes that were compared for a number since its last right one, whatever verification they were for. */
async function compared(to: string): Promise<number> {
  const [tag = ""] = core.keyring.tags(core.application.id, to);
  return Number((await core.redis.hget(`ww:{${tag}}:number`, "guard"))?.split(" ")[0] ?? 0);
}

test("a guesser who starts, resends, cancels and guesses from everywhere at once is compared ten codes, then locked out", async () => {
  const to = randomNumber();
  let last = "";
  let code = "";
  for (let round = 0; round < 6; round += 1) {
    const body = { to, client_ip: `203.0.113.${round}` };
    const started =
      round % 2 === 0
        ? await post("/v1/verifications", body, forged())
        : await post("/auth/request-otp", { phone_number: to }, forged());
    const { id, message_id: messageId } = started.json<{ id?: string; message_id?: string }>();
    last = id ?? messageId ?? last;
    if (started.statusCode < 300) code = await core.codeOf(last);
    const wrong = api.wrong(code);
    const guess = (index: number) => {
      if (index % 3 === 0) return post(`/v1/verifications/${last}/check`, { code: wrong }, forged());
      if (index % 3 === 1) return post("/v1/verifications/check", { to, code: wrong }, forged());
      return post("/auth/verify-otp", { phone_number: to, otp: wrong }, forged());
    };
    // Two guesses and a cancel leave attempts behind that a new code must not bring back.
    for (let index = 0; index < 2; index += 1) await guess(index + round);
    await post(`/v1/verifications/${last}/resend`, { channel: "sms" }, forged());
    if (round < 3) await post(`/v1/verifications/${last}/cancel`, {}, forged());
    else await Promise.all(Array.from({ length: 20 }, (_, index) => guess(index)));
  }
  expect(await compared(to)).toBe(10);
  // Not even the right code opens it now, by whatever way it comes.
  expectProblem(await post("/v1/verifications", { to }, forged()), 429, "number_locked");
  expect((await post(`/v1/verifications/${last}/check`, { code }, forged())).body).not.toContain('"valid":true');
});

test("no address that a client gives itself counts for it, or against another", async () => {
  const client_ip = `192.0.2.${randomInt(255)}`;
  const startFrom = (headers: Record<string, string>) =>
    post("/v1/verifications", { to: randomNumber(), client_ip }, headers);
  for (let i = 0; i < 10; i += 1) expect((await startFrom(forged())).statusCode).toBe(202);
  const refused = await startFrom(forged());
  expectProblem(refused, 429, "too_many_requests");
  expect(refused.json<{ policy: string }>().policy).toBe("address");
  // Nor does it use up the address that it names.
  const other = { "x-forwarded-for": "192.0.2.255" };
  for (let i = 0; i < 11; i += 1)
    expect((await post("/v1/verifications", { to: randomNumber() }, other)).statusCode).toBe(202);
  const named = await post("/v1/verifications", { to: randomNumber(), client_ip: "192.0.2.255" });
  expect(named.statusCode).toBe(202);
});
