import fc from "fast-check";
import { expect } from "vitest";
import { applyCallEvent, applyUnspoken } from "../deliveries/call.ts";
import type { CallEvent } from "../deliveries/call-event.ts";
import { claimDelivery } from "../deliveries/claim.ts";
import { escalateDelivery } from "../deliveries/escalate.ts";
import { applyReceipt, type Receipt } from "../deliveries/receipt.ts";
import { type SendOutcome, settleDelivery } from "../deliveries/settle.ts";
import { attemptOf, deliveryOf } from "../testing/verifications.fixture.ts";
import { type Command, command, deliveriesOf, deliveryAt, expectAgreement, nth, pick } from "./commands.fixture.ts";
import { failToSpeak, hear } from "./reference-calls.fixture.ts";
import { claim, escalate, receive, settle } from "./reference-deliveries.fixture.ts";
import { type Model, PATIENCE } from "./reference.fixture.ts";
import type { Witness } from "./witness.fixture.ts";
import { carried, noteEvent, outcomeOf, receiptOf, type WorldEvent, type WorldRequest } from "./world.fixture.ts";

const claimCommand = (n: number): Command =>
  command(
    "claim",
    (model) => pick(deliveriesOf(model), n),
    async ({ of, number, verification, delivery }, model, real) => {
      const id = real.ids[of] ?? "";
      const expected = claim(model, verification, delivery);
      const claimed = await claimDelivery(real, deliveryOf(id, number));
      if (claimed.outcome === "send") {
        const request: WorldRequest = {
          of,
          number,
          channel: delivery.channel,
          attempt: claimed.ref.attempt,
          carrierId: `${delivery.channel}-${model.world.requests.length + 1}`,
          settled: false,
          cameToNothing: false,
          fate: "unknown",
        };
        model.world.requests.unshift(request);
        await real.requested(request);
      }
      expect(claimed.outcome).toBe(expected.outcome);
      if (expected.outcome === "skipped") expect(claimed).toEqual(expected);
      if (expected.outcome === "send" || expected.outcome === "done") {
        const { patienceMs } = claimed as { patienceMs?: number };
        expect(patienceMs).toBe(expected.patience ? PATIENCE * 1000 : undefined);
      }
      if (expected.outcome === "done") expect(claimed).toMatchObject({ status: expected.status });
      if (expected.outcome === "send") {
        const { attempt } = expected;
        expect(claimed).toMatchObject({ ref: { attempt }, phone: real.to, code: real.codes[of] });
      }
      return of;
    },
  );

const settleCommand = (n: number, wanted: SendOutcome["outcome"]): Command =>
  command(
    `settle as ${wanted}`,
    ({ world: { requests } }) =>
      pick([...requests.filter(({ settled }) => !settled), ...requests.filter(({ settled }) => settled)], n),
    async (request, model, real) => {
      const { of, number, attempt, carrierId } = request;
      const target = deliveryAt(model, request);
      const id = real.ids[of] ?? "";
      const outcome = outcomeOf(model.world, request, wanted);
      const result: SendOutcome =
        outcome === "sent" ? { outcome, carrierId } : { outcome, reason: `because_${outcome}` };
      settle(model, target.verification, target.delivery, attempt, result);
      expectAgreement(await settleDelivery(real, attemptOf(id, { number, attempt }), result), target);
      return of;
    },
  );

const receiptCommand = (n: number, wanted: Receipt["status"]): Command =>
  command(
    `receipt: ${wanted}`,
    ({ world }) => pick(carried(world, "sms"), n),
    async (request, model, real) => {
      const { of, number, carrierId } = request;
      const target = deliveryAt(model, request);
      const status = receiptOf(model.world, request, wanted);
      const receipt = { status, reason: status === "undelivered" ? "blocked" : null, carrierId };
      receive(model, target.verification, target.delivery, receipt);
      const deliveryId = deliveryOf(real.ids[of] ?? "", number);
      expectAgreement(await applyReceipt(real, { deliveryId, ...receipt }), target);
      return of;
    },
  );

const escalateCommand = (n: number): Command =>
  command(
    "patience ends",
    (model) => pick(deliveriesOf(model), n),
    async ({ of, number, verification, delivery }, model, real) => {
      const outcome = escalate(model, verification, delivery) ? "escalated" : "unneeded";
      const escalation = await escalateDelivery(real, deliveryOf(real.ids[of] ?? "", number));
      expect(escalation).toMatchObject({ outcome, delivery: delivery.status, verification: verification.status });
      return of;
    },
  );

async function applyEvent(event: WorldEvent, model: Model, real: Witness): Promise<number> {
  const { of, number, ...job } = event;
  const target = deliveryAt(model, event);
  const expected = hear(model, target.verification, target.delivery, job);
  const request = model.world.requests.find(({ carrierId }) => carrierId === job.callId);
  if (job.event === "machine") real.machine(job.callId);
  if (request) noteEvent(request, job.event, real.hasSaid(job.callId));
  const answer = await applyCallEvent(real, { ...job, deliveryId: deliveryOf(real.ids[of] ?? "", number) });
  if (answer?.next.action === "speak") {
    real.said(real.ids[of] ?? "", job.callId, answer.next.times);
    expect(answer.next.code).toBe(real.codes[of]);
  }
  expect(answer?.next).toMatchObject(expected);
  expectAgreement(answer, target);
  return of;
}

const callCommand = (n: number, event: CallEvent["event"], reason: string): Command =>
  command(
    `call: ${event}`,
    ({ world }) => pick(carried(world, "call"), n),
    ({ of, number, carrierId }, model, real) => {
      const eventId = `event-${model.world.events.length + 1}`;
      const why = event === "ended" ? reason : null;
      const heard = { of, number, deliveryId: "", callId: carrierId, event, reason: why, eventId };
      model.world.events.unshift(heard);
      return applyEvent(heard, model, real);
    },
  );

const callAgainCommand = (n: number): Command =>
  command(
    "call: the same event again",
    ({ world }) => pick(world.events, n),
    (event, model, real) => applyEvent(event, model, real),
  );

const unspokenCommand = (n: number, reason: "not_spoken" | null): Command =>
  command(
    `call: unspoken, ${reason ?? "perhaps"}`,
    (model) =>
      pick(
        model.world.events.filter(({ of, number, callId, eventId }) => {
          const call = deliveryAt(model, { of, number }).delivery.calls.get(callId);
          return call?.phase === "speaking" && call.speaks === 1 && call.eventId === eventId;
        }),
        n,
      ),
    async (event, model, real) => {
      const { of, number, ...job } = event;
      const target = deliveryAt(model, event);
      const expected = failToSpeak(model, target.verification, target.delivery, job, reason);
      const request = model.world.requests.find(({ carrierId }) => carrierId === job.callId);
      if (request && reason !== null) request.fate = "lost";
      real.unsaid(job.callId);
      const deliveryId = deliveryOf(real.ids[of] ?? "", number);
      const answer = await applyUnspoken(real, { ...job, deliveryId }, reason);
      expect(answer?.next).toMatchObject(expected);
      expectAgreement(answer, target);
      return of;
    },
  );

/** What workers and carriers do. */
export const claimAny = nth.map((n) => claimCommand(n));
export const settleAny = fc
  .tuple(nth, fc.constantFrom("sent", "retry", "uncertain", "failed"))
  .map(([n, outcome]) => settleCommand(n, outcome));
export const receiptAny = fc
  .tuple(nth, fc.constantFrom("sent", "delivered", "undelivered", "unconfirmed"))
  .map(([n, status]) => receiptCommand(n, status));
export const escalateAny = nth.map((n) => escalateCommand(n));
export const callAny = fc
  .tuple(
    nth,
    fc.constantFrom(
      "ringing",
      "answered",
      "person",
      "person",
      "person",
      "machine",
      "spoken",
      "repeat",
      "repeat",
      "ended",
    ),
    fc.constantFrom("completed", "busy", "no_answer"),
  )
  .map(([n, event, reason]) => callCommand(n, event, reason));
export const unspokenAny = fc
  .tuple(nth, fc.constantFrom("not_spoken" as const, null))
  .map(([n, reason]) => unspokenCommand(n, reason));
export const callAgain = nth.map((n) => callAgainCommand(n));
