import { afterAll, describe, expect, test } from "vitest";
import {
  claimToSend,
  deliveryOf,
  endings,
  read,
  settle,
  startedId,
  startTestCore,
} from "../testing/verifications.fixture.ts";
import { type AttemptRef, claimDelivery } from "./claim.ts";
import { applyReceipt, type Receipt } from "./receipt.ts";
import type { Verification } from "../verification.ts";
import type { SendOutcome } from "./settle.ts";

const core = await startTestCore();
afterAll(() => core.close());

const outcomes: readonly SendOutcome[] = [
  { outcome: "sent", carrierId: "m9" },
  { outcome: "retry", reason: "rate_limited" },
  { outcome: "uncertain", reason: "timeout" },
  { outcome: "failed", reason: "invalid_number" },
];

const deliveryIn = async (id: string) => (await read(core, id)).deliveries[0];
const receive = (id: string, status: Receipt["status"], carrierId: string) =>
  applyReceipt(core, { deliveryId: deliveryOf(id), status, reason: "blocked", carrierId });

/** What the carrier knows: which attempts made a request, and which of those surely came to nothing. */
function ledger(id: string) {
  const arrived = new Map<number, boolean>();
  return {
    async claim(): Promise<AttemptRef | undefined> {
      const claim = await claimDelivery(core, deliveryOf(id));
      if (claim.outcome !== "send") return undefined;
      arrived.set(claim.ref.attempt, true);
      return claim.ref;
    },
    async take(): Promise<AttemptRef> {
      const ref = await this.claim();
      if (!ref) throw new Error(`${id} was to be sent`);
      return ref;
    },
    settle(ref: AttemptRef, result: SendOutcome) {
      if (result.outcome === "retry" || result.outcome === "failed") arrived.set(ref.attempt, false);
      return settle(core, ref, result);
    },
    mayHaveArrived: () => [...arrived.values()].filter(Boolean).length,
  };
}

type Ledger = ReturnType<typeof ledger>;

/** A delivery whose first attempt was given up, ten seconds ago. */
async function givenUp() {
  const id = await startedId(core);
  const worker = ledger(id);
  const first = await worker.take();
  await claimDelivery(core, deliveryOf(id));
  await core.age(id, 10);
  return { id, worker, first };
}

/** Lets workers go on as long as they are given the delivery, every request of theirs being lost sight of. */
async function exhaust(id: string, worker: Ledger): Promise<void> {
  for (let round = 0; round < 5; round += 1) {
    const ref = await worker.claim();
    if (ref) await worker.settle(ref, { outcome: "uncertain", reason: "timeout" });
    await core.age(id, 10);
  }
}

describe("an attempt has one outcome: the first that is said", () => {
  describe.each(outcomes)("$outcome", (first) => {
    test.each(outcomes)("and not $outcome after it", async (second) => {
      const id = await startedId(core);
      const { ref } = await claimToSend(core, deliveryOf(id));
      const settled = await settle(core, ref, first);
      const before = await read(core, id);
      expect(await settle(core, ref, second)).toBe(settled);
      expect(await read(core, id)).toEqual(before);
    });

    test.each(outcomes)("of a worker that was given up, and not $outcome after it", async (second) => {
      const { id, worker, first: ref } = await givenUp();
      const settled = await worker.settle(ref, first);
      const before = await read(core, id);
      expect(await settle(core, ref, second)).toBe(settled);
      expect(await read(core, id)).toEqual(before);
    });
  });

  test("for an attempt that was never opened there is none", async () => {
    const id = await startedId(core);
    const { ref } = await claimToSend(core, deliveryOf(id));
    const before = await read(core, id);
    for (const result of outcomes) await settle(core, { ...ref, attempt: 2 }, result);
    expect(await read(core, id)).toEqual(before);
  });

  test("for one that was skipped there is none", async () => {
    const id = await startedId(core);
    const { ref } = await claimToSend(core, deliveryOf(id));
    await settle(core, ref, { outcome: "retry", reason: "rate_limited" });
    await endings.canceled(core, id);
    await claimDelivery(core, deliveryOf(id));
    const before = await read(core, id);
    expect(await settle(core, { ...ref, attempt: 2 }, { outcome: "sent", carrierId: "m2" })).toBe("skipped");
    expect(await read(core, id)).toEqual(before);
  });
});

const withoutFirstAttempt = ({ deliveries, ...verification }: Verification) => ({
  ...verification,
  deliveries: deliveries.map((delivery) => ({ ...delivery, attempts: delivery.attempts.slice(1) })),
});

type Meanwhile = Record<string, (id: string, worker: Ledger) => Promise<unknown>>;

/** What became of the attempt after the one that was given up, where that leaves the delivery open. */
const unfinished: Meanwhile = {
  "nothing else was tried": () => Promise.resolve(),
  "another attempt is open": (_id, worker) => worker.take(),
  async "another attempt was given up too"(id, worker) {
    await worker.take();
    await claimDelivery(core, deliveryOf(id));
  },
  async "another attempt was put off"(_id, worker) {
    await worker.settle(await worker.take(), { outcome: "retry", reason: "rate_limited" });
  },
  async "the first message was lost, and the next attempt is queued"(id, worker) {
    const second = await worker.take();
    await receive(id, "undelivered", "m1");
    await worker.settle(second, { outcome: "retry", reason: "rate_limited" });
    expect(await deliveryIn(id)).toMatchObject({ status: "queued" });
  },
  async "another attempt was lost sight of"(_id, worker) {
    await worker.settle(await worker.take(), { outcome: "uncertain", reason: "timeout" });
  },
  async "another attempt was refused"(_id, worker) {
    await worker.settle(await worker.take(), { outcome: "failed", reason: "invalid_number" });
  },
};

/** And where it does not. */
const finished: Meanwhile = {
  async "the first message was lost, and another attempt refused"(id, worker) {
    const second = await worker.take();
    await receive(id, "undelivered", "m1");
    expect(await worker.settle(second, { outcome: "failed", reason: "invalid_number" })).toBe("failed");
  },
  async "another attempt was sent"(_id, worker) {
    await worker.settle(await worker.take(), { outcome: "sent", carrierId: "m2" });
  },
  async "another attempt was sent and delivered"(id, worker) {
    await worker.settle(await worker.take(), { outcome: "sent", carrierId: "m2" });
    await receive(id, "delivered", "m2");
  },
  async "another attempt was sent, and neither message arrived"(id, worker) {
    await worker.settle(await worker.take(), { outcome: "sent", carrierId: "m2" });
    await receive(id, "undelivered", "m1");
    await receive(id, "undelivered", "m2");
  },
};

describe.each(Object.entries({ ...unfinished, ...finished }))(
  "a worker that was given up, while %s,",
  (_name, happen) => {
    test.each(outcomes)("and says $outcome late: never more than two requests that may have arrived", async (late) => {
      const { id, worker, first } = await givenUp();
      await happen(id, worker);
      await worker.settle(first, late);
      expect((await deliveryIn(id))?.attempts[0]).toMatchObject(late);
      await exhaust(id, worker);
      expect(worker.mayHaveArrived()).toBeLessThanOrEqual(2);
    });
  },
);

describe.each(Object.entries(finished))("a worker that was given up, while %s,", (_name, happen) => {
  test.each(outcomes)("and says $outcome late: changes nothing but its own attempt", async (late) => {
    const { id, worker, first } = await givenUp();
    await happen(id, worker);
    const before = await read(core, id);
    await worker.settle(first, late);
    const after = await read(core, id);
    expect(withoutFirstAttempt(after)).toEqual(withoutFirstAttempt(before));
  });
});

describe("while another attempt is open, that a worker was given up and its message", () => {
  const late = async (result: SendOutcome) => {
    const { id, worker, first } = await givenUp();
    const second = await worker.take();
    return { id, worker, second, status: await worker.settle(first, result) };
  };

  test("went out makes the delivery sent, whatever becomes of the open one", async () => {
    for (const result of outcomes) {
      const { id, worker, second, status } = await late({ outcome: "sent", carrierId: "m1" });
      expect(status).toBe("sent");
      expect(await worker.settle(second, result)).toBe("sent");
      expect(await claimDelivery(core, deliveryOf(id))).toEqual({ outcome: "done", status: "sent" });
    }
  });

  test("went out, though it is known not to have arrived, leaves the delivery to the open one", async () => {
    const { id, worker, first } = await givenUp();
    const second = await worker.take();
    await receive(id, "undelivered", "m1");
    expect(await worker.settle(first, { outcome: "sent", carrierId: "m1" })).toBe("sending");
    expect(await worker.settle(second, { outcome: "retry", reason: "rate_limited" })).toBe("queued");
  });

  test("was refused leaves the delivery to the open one", async () => {
    const { worker, second, status } = await late({ outcome: "failed", reason: "invalid_number" });
    expect(status).toBe("sending");
    expect(await worker.settle(second, { outcome: "failed", reason: "invalid_number" })).toBe("failed");
  });

  test("was put off leaves the delivery to the open one", async () => {
    const { worker, second, status } = await late({ outcome: "retry", reason: "rate_limited" });
    expect(status).toBe("sending");
    expect(await worker.settle(second, { outcome: "retry", reason: "rate_limited" })).toBe("queued");
  });
});
