import { afterAll, expect, test } from "vitest";
import { codeKey, verificationKey } from "../store/keys.ts";
import { read, refOf, startedId, startTestCore } from "../testing/verifications.fixture.ts";
import { readVerification } from "./read.ts";

const core = await startTestCore();
afterAll(() => core.close());

test("reading changes nothing while a verification is pending", async () => {
  const id = await startedId(core);
  const before = await core.redis.hgetall(verificationKey(refOf(id)));
  await read(core, id);
  expect(await core.redis.hgetall(verificationKey(refOf(id)))).toEqual(before);
});

test("expiry needs nobody's doing: whoever reads after it finds `expired`, and the sealed code is gone then", async () => {
  const id = await startedId(core);
  const key = verificationKey(refOf(id));
  await core.age(id, 290);
  expect(await read(core, id)).toMatchObject({ status: "pending" });
  await core.age(id, 10);
  expect(await read(core, id)).toMatchObject({ status: "expired" });
  expect(await core.redis.hget(key, "status")).toBe("expired");
  expect(await core.redis.exists(codeKey(refOf(id)))).toBe(0);
});

test("another application's verification, a forgotten one and a text that is no id are alike not found", async () => {
  const id = await startedId(core);
  const forgotten = await startedId(core);
  await core.redis.del(verificationKey(refOf(forgotten)));
  const other = { ...core.application, id: "another" };
  const errors = await Promise.all(
    [readVerification(core, other, id), read(core, forgotten), read(core, "vf_no"), read(core, "")].map((reading) =>
      reading.then(
        () => undefined,
        (error: unknown) => error,
      ),
    ),
  );
  for (const error of errors) expect(error).toEqual(errors[0]);
  expect(errors[0]).toMatchObject({ code: "verification_not_found" });
});

test("a finished verification can be read for as long as it is kept, and no longer", async () => {
  const id = await startedId(core);
  const { expirySeconds, retentionSeconds } = core.application.settings;
  const ttl = await core.redis.ttl(verificationKey(refOf(id)));
  expect(ttl).toBeLessThanOrEqual(expirySeconds + retentionSeconds);
  expect(ttl).toBeGreaterThan(expirySeconds + retentionSeconds - 60);
});
