import { afterAll, expect, test } from "vitest";
import { claimDelivery } from "../deliveries/claim.ts";
import {
  check,
  deliveryOf,
  endings,
  read,
  startedId,
  startTestCore,
  terminal,
} from "../testing/verifications.fixture.ts";
import { cancelVerification } from "./cancel.ts";

const core = await startTestCore();
afterAll(() => core.close());

const cancel = (id: string, application = core.application) => cancelVerification(core, application, id);

test("a canceled verification accepts its code no more, and sends it no more", async () => {
  const id = await startedId(core);
  const code = await core.codeOf(id);
  const canceled = await cancel(id);
  expect(canceled).toMatchObject({ id, status: "canceled" });
  expect(canceled).toEqual(await read(core, id));
  expect(await check(core, id, code)).toMatchObject({ valid: false, status: "canceled" });
  expect(await claimDelivery(core, deliveryOf(id))).toEqual({ outcome: "skipped", reason: "canceled" });
});

test("of 50 concurrent cancels one succeeds", async () => {
  const id = await startedId(core);
  const results = await Promise.allSettled(Array.from({ length: 50 }, () => cancel(id)));
  expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
});

test("a cancel and a right check at once: one of them wins", async () => {
  for (let round = 0; round < 10; round += 1) {
    const id = await startedId(core);
    const code = await core.codeOf(id);
    const [canceled, checked] = await Promise.allSettled([cancel(id), check(core, id, code)]);
    const valid = checked.status === "fulfilled" && checked.value.valid;
    expect(valid).toBe(canceled.status === "rejected");
    expect(await read(core, id)).toMatchObject({ status: valid ? "approved" : "canceled" });
  }
});

test.each(terminal)("what is %s cannot be canceled", async (status) => {
  const id = await startedId(core);
  await endings[status](core, id);
  await expect(cancel(id)).rejects.toMatchObject({ code: "verification_not_pending" });
  expect(await read(core, id)).toMatchObject({ status });
});

test("another application's verification is not found, and goes on", async () => {
  const id = await startedId(core);
  const notFound = { code: "verification_not_found" };
  await expect(cancel(id, { ...core.application, id: "another" })).rejects.toMatchObject(notFound);
  await expect(cancel("vf_no")).rejects.toMatchObject(notFound);
  expect(await read(core, id)).toMatchObject({ status: "pending" });
});
