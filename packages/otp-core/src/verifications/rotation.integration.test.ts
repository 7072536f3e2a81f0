import { afterAll, describe, expect, test } from "vitest";
import { policies } from "../limits/policies.ts";
import { smsJobs } from "../queue/jobs.fixture.ts";
import { numberKey } from "../store/keys.ts";
import { randomNumber } from "../testing/index.fixture.ts";
import { startRotation } from "../testing/rotation.fixture.ts";
import {
  check,
  claimToSend,
  deliveryOf,
  read,
  refOf,
  start,
  startedId,
  startTestCore,
  wrong,
} from "../testing/verifications.fixture.ts";
import { checkNumber } from "./check.ts";
import { eraseNumber } from "./erase.ts";
import { resendVerification } from "./resend.ts";

const rotation = await startRotation();
const { applicationId, newer, before, between, after } = rotation;
afterAll(() => rotation.close());

describe("a code created before the rotation", () => {
  test("is accepted by id after it", async () => {
    const id = await startedId(before);
    expect(await check(after, id, await before.codeOf(id))).toMatchObject({ valid: true, status: "approved" });
  });

  test("is accepted by number after it", async () => {
    const to = randomNumber();
    const id = await startedId(before, to);
    const checked = await checkNumber(after, after.application, to, await before.codeOf(id));
    expect(checked).toMatchObject({ id, valid: true });
  });

  test("is sent, and sent again, by those that have rotated", async () => {
    const to = randomNumber();
    const id = await startedId(before, to);
    const code = await before.codeOf(id);
    expect(await claimToSend(after, deliveryOf(id))).toMatchObject({ phone: to, code });
    await after.age(id, 30);
    await resendVerification(after, after.application, id, "sms");
    expect(await claimToSend(after, deliveryOf(id, 2))).toMatchObject({ phone: to, code });
  });

  test("is the code of the next request too: the pending verification is found", async () => {
    const to = randomNumber();
    const id = await startedId(before, to);
    const again = await start(after, to);
    expect(again).toMatchObject({ sending: false, verification: { id } });
  });
});

test("a code created after the rotation is accepted where the new secret is only read", async () => {
  const to = randomNumber();
  const id = await startedId(after, to);
  const code = await after.codeOf(id);
  expect(await checkNumber(between, between.application, to, code)).toMatchObject({ id, valid: true });
});

test("a number seen for the first time is kept under the new secret", async () => {
  const to = randomNumber();
  const { tag } = refOf(await startedId(after, to));
  expect(tag).toBe(after.keyring.tags(applicationId, to)[0]);
});

test("the limits of a number go on through the rotation", async () => {
  const to = randomNumber();
  for (const core of [before, between, after, before, after]) await start(core, to);
  for (const core of [before, between, after]) {
    await expect(start(core, to)).rejects.toMatchObject({ code: "too_many_requests" });
  }
});

test("50 concurrent requests of a known number, on both sides of the rotation, share one verification", async () => {
  const to = randomNumber();
  const id = await startedId(before, to);
  const nodes = [before, between, after];
  const results = await Promise.allSettled(Array.from({ length: 50 }, (_, i) => start(nodes[i % 3] ?? after, to)));
  const ids = results.flatMap((result) => (result.status === "fulfilled" ? [result.value.verification.id] : []));
  expect(ids).toEqual([id, id, id, id]);
  const jobs = smsJobs(after);
  expect(await jobs.timesWaiting(deliveryOf(id))).toBe(1);
  await jobs.close();
});

test("a rotation under load refuses no valid code, wherever and whenever it is checked", async () => {
  // Process by process, as a restart goes through them: first the new secret is read everywhere, then it writes.
  const fleets = [
    [before, before],
    [before, between],
    [between, between],
    [between, after],
    [after, after],
  ] as const;
  const EACH = 60;
  type Started = { to: string; id: string; code: string };
  let open: Started[] = [];
  const refused: unknown[] = [];
  let approved = 0;
  for (const fleet of [...fleets, fleets[4]]) {
    const node = (index: number) => fleet[index % fleet.length] ?? fleet[0];
    const checkOne = async ({ to, id, code }: Started, index: number) => {
      const core = node(index >> 1);
      const checked = index % 2 === 0 ? check(core, id, code) : checkNumber(core, core.application, to, code);
      await checked.then(
        ({ valid }) => (valid ? (approved += 1) : refused.push(id)),
        (error: unknown) => refused.push(error),
      );
    };
    const startOne = async (index: number): Promise<Started> => {
      const [core, to] = [node(index), randomNumber()];
      const id = await startedId(core, to);
      return { to, id, code: await core.codeOf(id) };
    };
    // What was begun before is checked while more is begun, of which half is checked at once.
    const begin = Promise.all(Array.from({ length: EACH }, (_, index) => startOne(index)));
    await Promise.all(open.map(checkOne));
    const begun = await begin;
    await Promise.all(begun.slice(0, EACH / 2).map(checkOne));
    open = begun.slice(EACH / 2);
  }
  await Promise.all(
    open.map(({ id, code }) => check(after, id, code).then(({ valid }) => (approved += Number(valid)))),
  );
  expect(refused).toEqual([]);
  expect(approved).toBe(EACH * (fleets.length + 1));
});

test("once the old secret has left the ring its codes cannot be checked or read, and that costs no attempt", async () => {
  const to = randomNumber();
  const id = await startedId(before, to);
  const code = await before.codeOf(id);
  const late = await startTestCore({ applicationId, secrets: [newer] });
  await expect(check(late, id, code)).rejects.toMatchObject({ code: "unavailable" });
  await expect(late.codeOf(id)).rejects.toThrow("no key named older");
  expect(await read(late, id)).toMatchObject({ status: "pending", attemptsRemaining: 3 });
  await late.close();
});

test("a lock holds and a number can be erased for as long as the old secret is in the ring, and no longer", async () => {
  const to = randomNumber();
  const id = await startedId(before, to);
  const code = wrong(await before.codeOf(id));
  const { limit } = policies["number-lock"];
  await before.redis.hset(numberKey(refOf(id).tag), "guard", `${limit - 1} 0 0 0`);
  await check(before, id, code);
  await expect(start(after, to)).rejects.toMatchObject({ code: "number_locked" });

  const late = await startTestCore({ applicationId, secrets: [newer] });
  await eraseNumber(late, late.application, to, "to");
  expect(await read(after, id)).toMatchObject({ id });
  expect(await start(late, to)).toMatchObject({ created: true });
  await eraseNumber(after, after.application, to, "to");
  await expect(read(after, id)).rejects.toMatchObject({ code: "verification_not_found" });
  await late.close();
});

test("a right code costs no attempt where its key is not known yet", async () => {
  const id = await startedId(after);
  const code = await after.codeOf(id);
  for (let i = 0; i < 4; i++) await expect(check(before, id, code)).rejects.toMatchObject({ code: "unavailable" });
  expect(await check(after, id, code)).toMatchObject({ valid: true, attemptsRemaining: 3 });
});

test("nothing new is kept under the older secret once nothing is pending there, so that it can be dropped", async () => {
  const to = randomNumber();
  const id = await startedId(before, to);
  await check(before, id, await before.codeOf(id));
  const next = await startedId(after, to);
  expect(refOf(next).tag).toBe(after.keyring.tags(applicationId, to)[0]);
});
