import { afterAll, describe, expect, test } from "vitest";
import { dial } from "../testing/calls.fixture.ts";
import { deliveryOf, read, sendOut, smsThenCall, start, startTestCore } from "../testing/verifications.fixture.ts";
import { applyCallEvent } from "./call.ts";
import { applyReceipt } from "./receipt.ts";

const core = await startTestCore({ settings: smsThenCall });
afterAll(() => core.close());

describe("what the carrier says of another channel", () => {
  test("a receipt is nothing to a call", async () => {
    const call = await dial(core);
    const before = await call.delivery();
    const deliveryId = deliveryOf(call.verificationId);
    const receipt = { deliveryId, status: "undelivered", reason: "blocked", carrierId: "m1" } as const;
    expect(await applyReceipt(core, receipt)).toBeUndefined();
    expect(await call.delivery()).toEqual(before);
  });

  test("an event of a call is nothing to a message", async () => {
    const { verification } = await start(core);
    const deliveryId = deliveryOf(verification.id);
    await sendOut(core, deliveryId);
    const before = await read(core, verification.id);
    for (const event of ["person", "ended"] as const) {
      const heard = { deliveryId, callId: "c1", event, reason: event === "ended" ? "busy" : null, eventId: event };
      expect(await applyCallEvent(core, heard)).toBeUndefined();
    }
    expect(await read(core, verification.id)).toEqual(before);
  });
});
