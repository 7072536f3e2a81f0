import { afterAll, describe, expect, test } from "vitest";
import { claimToSend, deliveryOf, read, startedId, startTestCore } from "../testing/verifications.fixture.ts";
import { permutations } from "../testing/permutations.fixture.ts";
import { applyReceipt, type Receipt } from "./receipt.ts";
import { settleDelivery } from "./settle.ts";

const core = await startTestCore();
afterAll(() => core.close());

type Step = Receipt["status"] | "response";

/** Lets one message go through the steps in their order: its receipts, and the response to its request. */
async function play(steps: readonly Step[]) {
  const id = await startedId(core);
  const { ref } = await claimToSend(core, deliveryOf(id));
  const receive = (status: Receipt["status"]) =>
    applyReceipt(core, {
      deliveryId: deliveryOf(id),
      status,
      reason: status === "undelivered" ? "blocked" : null,
      carrierId: "m1",
    });
  for (const step of steps) {
    await (step === "response" ? settleDelivery(core, ref, { outcome: "sent", carrierId: "m1" }) : receive(step));
  }
  const { status, deliveries } = await read(core, id);
  return { verification: status, delivery: deliveries[0]?.status, error: deliveries[0]?.error };
}

async function endOf(steps: readonly Step[]) {
  const ends = await Promise.all(permutations(steps).map(play));
  return [...new Set(ends.map((end) => JSON.stringify(end)))].map((end) => JSON.parse(end) as object);
}

describe("the receipts of a message end in one state, in whatever order and however often they come", () => {
  test.each([
    { steps: ["sent", "delivered"], delivery: "delivered", error: null, verification: "pending" },
    { steps: ["sent", "sent", "delivered", "delivered"], delivery: "delivered", error: null, verification: "pending" },
    { steps: ["sent", "unconfirmed", "delivered"], delivery: "delivered", error: null, verification: "pending" },
    { steps: ["sent", "sent", "unconfirmed"], delivery: "unconfirmed", error: null, verification: "pending" },
    { steps: ["sent", "undelivered"], delivery: "undelivered", error: "blocked", verification: "undeliverable" },
    {
      steps: ["sent", "sent", "undelivered", "undelivered"],
      delivery: "undelivered",
      error: "blocked",
      verification: "undeliverable",
    },
    {
      steps: ["sent", "unconfirmed", "undelivered"],
      delivery: "undelivered",
      error: "blocked",
      verification: "undeliverable",
    },
  ] as const)("$steps and the response: $delivery", async ({ steps, ...end }) => {
    expect(await endOf([...steps, "response"])).toEqual([end]);
  });
});

test("a carrier that contradicts itself is believed where it says delivered, in every order", async () => {
  const ends = await endOf(["sent", "unconfirmed", "undelivered", "delivered", "response"]);
  for (const end of ends) expect(end).toMatchObject({ delivery: "delivered", error: null });
});
