import { afterAll, describe, expect, test } from "vitest";
import { smsJobs } from "../queue/jobs.fixture.ts";
import { verificationKey } from "../store/keys.ts";
import { randomNumber } from "../testing/index.fixture.ts";
import {
  attemptOf,
  claimToSend,
  deliveryOf,
  endings,
  read,
  refOf,
  settle,
  start,
  startedId,
  startTestCore,
} from "../testing/verifications.fixture.ts";
import { claimDelivery } from "./claim.ts";
import { type SendOutcome, settleDelivery } from "./settle.ts";

const core = await startTestCore();
afterAll(() => core.close());

const deliveryIn = async (id: string) => (await read(core, id)).deliveries[0];

/** Claims the first delivery and reports what became of its request. */
async function request(id: string, result: SendOutcome) {
  const { ref } = await claimToSend(core, deliveryOf(id));
  return settle(core, ref, result);
}

const sent: SendOutcome = { outcome: "sent", carrierId: "m1" };
const retry: SendOutcome = { outcome: "retry", reason: "rate_limited", retryAfterMs: 1000 };
const uncertain: SendOutcome = { outcome: "uncertain", reason: "timeout" };
const failed: SendOutcome = { outcome: "failed", reason: "invalid_number" };

/** A verification whose delivery has had one request of unknown fate, ten seconds ago. */
async function uncertainOnce() {
  const id = await startedId(core);
  await request(id, uncertain);
  await core.age(id, 10);
  return id;
}

describe("a claimed delivery becomes", () => {
  test("`sent`, with the carrier's id, where the carrier took it", async () => {
    const id = await startedId(core);
    expect(await request(id, sent)).toBe("sent");
    expect(await deliveryIn(id)).toMatchObject({ status: "sent", error: null });
    expect((await deliveryIn(id))?.attempts).toMatchObject([{ outcome: "sent", carrierId: "m1" }]);
  });

  test("`queued` again, with the reason, where it may be sent later; and that as often as it takes", async () => {
    const id = await startedId(core);
    for (let attempt = 0; attempt < 10; attempt += 1) {
      expect(await request(id, retry)).toBe("queued");
      expect(await deliveryIn(id)).toMatchObject({ status: "queued", error: "rate_limited" });
    }
    expect(await request(id, sent)).toBe("sent");
    expect(await deliveryIn(id)).toMatchObject({ status: "sent", error: null });
  });

  test("`uncertain`, with the reason, where its request may have arrived", async () => {
    const id = await startedId(core);
    expect(await request(id, uncertain)).toBe("uncertain");
    expect(await deliveryIn(id)).toMatchObject({ status: "uncertain", error: "timeout" });
    expect(await claimDelivery(core, deliveryOf(id))).toMatchObject({ outcome: "uncertain" });
  });

  test("`failed`, with the reason, where it never will arrive, and the verification undeliverable", async () => {
    const id = await startedId(core);
    expect(await request(id, failed)).toBe("failed");
    expect(await deliveryIn(id)).toMatchObject({ status: "failed", error: "invalid_number" });
    expect(await read(core, id)).toMatchObject({ status: "undeliverable" });
  });
});

describe("after an uncertain request", () => {
  test("the one more that is sent settles it", async () => {
    const id = await uncertainOnce();
    expect(await request(id, sent)).toBe("sent");
    expect(await claimDelivery(core, deliveryOf(id))).toEqual({ outcome: "done", status: "sent" });
  });

  test("another uncertain one is the last", async () => {
    const id = await uncertainOnce();
    expect(await request(id, uncertain)).toBe("uncertain");
    await core.age(id, 10);
    expect(await claimDelivery(core, deliveryOf(id))).toEqual({ outcome: "done", status: "uncertain" });
  });

  test("a definite failure leaves it uncertain and the verification pending: the first may have arrived", async () => {
    const id = await uncertainOnce();
    expect(await request(id, failed)).toBe("uncertain");
    expect(await deliveryIn(id)).toMatchObject({ status: "uncertain", error: "invalid_number" });
    expect(await read(core, id)).toMatchObject({ status: "pending" });
  });

  test("requests that surely did not arrive do not use up the one more", async () => {
    const id = await uncertainOnce();
    for (let attempt = 0; attempt < 5; attempt += 1) {
      expect(await request(id, retry)).toBe("uncertain");
      await core.age(id, 10);
    }
    expect(await request(id, uncertain)).toBe("uncertain");
    await core.age(id, 10);
    expect(await claimDelivery(core, deliveryOf(id))).toEqual({ outcome: "done", status: "uncertain" });
  });
});

test("a slow worker that was given up still reports that its message went out", async () => {
  const id = await startedId(core);
  const { ref } = await claimToSend(core, deliveryOf(id));
  await claimDelivery(core, deliveryOf(id));
  expect(await deliveryIn(id)).toMatchObject({ status: "uncertain" });
  expect(await settle(core, ref, sent)).toBe("sent");
});

test.each([
  ["approved", sent, "sent"],
  ["canceled", uncertain, "uncertain"],
  ["failed", failed, "failed"],
] as const)(
  "what was under way when the verification became %s is recorded, and changes only itself",
  async (status, result, settled) => {
    const id = await startedId(core);
    const { ref } = await claimToSend(core, deliveryOf(id));
    await endings[status](core, id);
    expect(await settle(core, ref, result)).toBe(settled);
    expect(await read(core, id)).toMatchObject({ status });
  },
);

test("a delivery that waits for its next attempt keeps its one job when the number asks again", async () => {
  const jobs = smsJobs(core);
  const to = randomNumber();
  const id = await startedId(core, to);
  await request(id, retry);
  await start(core, to);
  expect(await jobs.timesWaiting(deliveryOf(id))).toBe(1);
  await jobs.close();
});

test("for a verification that has been forgotten there is nothing to record", async () => {
  const id = await startedId(core);
  await core.redis.del(verificationKey(refOf(id)));
  expect(await settleDelivery(core, attemptOf(id), sent)).toBeUndefined();
  expect(await core.redis.exists(verificationKey(refOf(id)))).toBe(0);
});
