import { afterAll, describe, expect, test } from "vitest";
import { callOf, type TestCall } from "../testing/calls.fixture.ts";
import {
  claimToSend,
  deliveryOf,
  endings,
  read,
  settle,
  smsThenCall,
  start,
  startTestCore,
} from "../testing/verifications.fixture.ts";
import { permutations } from "../testing/permutations.fixture.ts";
import type { CallEvent } from "./call-event.ts";
import { escalateDelivery } from "./escalate.ts";

const core = await startTestCore({ settings: smsThenCall });
afterAll(() => core.close());

type Event = CallEvent["event"];
type Step = Event | "response" | "approved" | "canceled" | "expired";

/** What a call came to: the code that was said, step by step, and what is recorded in the end. */
interface End {
  /** For each step whether the code was to be said. */
  spoken: boolean[];
  delivery: string | undefined;
  error: string | null | undefined;
}

/** The workflow's call goes through the steps in their order; the same event twice is one event, told twice. */
async function play(steps: readonly Step[]): Promise<End> {
  const { verification } = await start(core);
  const { id } = verification;
  await escalateDelivery(core, deliveryOf(id));
  const { ref } = await claimToSend(core, deliveryOf(id, 2));
  const call = callOf(core, id, { number: 2 });
  const events = new Map(steps.map((step) => [step, eventOf(call, step)]));
  const spoken: boolean[] = [];
  for (const step of steps) {
    const event = events.get(step);
    if (event) spoken.push((await call.hear(event)).next.action === "speak");
    else {
      spoken.push(false);
      if (step === "response") await settle(core, ref, { outcome: "sent", carrierId: call.callId });
      else await endings[step as "approved"](core, id);
    }
  }
  const { deliveries } = await read(core, id);
  return { spoken, delivery: deliveries[1]?.status, error: deliveries[1]?.error };
}

function eventOf(call: TestCall, step: Step) {
  if (step === "response" || step === "approved" || step === "canceled" || step === "expired") return undefined;
  return call.event(step, step === "ended" ? "completed" : undefined);
}

const orders = (steps: readonly Step[]) =>
  Promise.all(permutations(steps).map(async (order) => ({ order, end: await play(order) })));

const before = (order: readonly Step[], one: Step, other: Step) => {
  const [first, second] = [order.indexOf(one), order.indexOf(other)];
  return first >= 0 && (second < 0 || first < second);
};

/** What the order of its events lets a call of a person come to: what was heard may be told after the call's end. */
function expectedEnd(order: readonly Step[]): Pick<End, "delivery" | "error"> {
  if (!before(order, "person", "ended")) return { delivery: "undelivered", error: "hung_up" };
  const told = new Set(order.slice(order.indexOf("person")));
  const heardOut = told.has("spoken") || told.has("repeat");
  return heardOut ? { delivery: "delivered", error: null } : { delivery: "unconfirmed", error: "hung_up" };
}

describe("in whatever order and however often the events of a person's call come,", () => {
  test.each<{ steps: Step[] }>([
    { steps: ["response", "answered", "person", "ended"] },
    { steps: ["response", "person", "spoken", "ended"] },
    { steps: ["answered", "person", "repeat", "spoken", "ended"] },
    { steps: ["person", "person", "spoken", "spoken", "ended", "ended"] },
  ])("they end in what was heard, and nothing is said after the call's end: $steps", async ({ steps }) => {
    for (const { order, end } of await orders(steps)) {
      const [from, to] = [order.indexOf("person"), order.indexOf("ended")];
      const saidOutside = end.spoken.some((said, at) => said && (at < from || at > to));
      expect({ order, saidOutside, ...end }).toMatchObject({ order, saidOutside: false, ...expectedEnd(order) });
    }
  });
});

describe("in whatever order the events of a call to a machine come,", () => {
  test("nothing is said, however often they come", async () => {
    for (const { order, end } of await orders(["response", "answered", "machine", "machine", "ended"])) {
      expect({ order, ...end }).toEqual({
        order,
        spoken: order.map(() => false),
        delivery: "undelivered",
        error: before(order, "machine", "ended") ? "machine" : "hung_up",
      });
    }
  });

  test("nothing is said after that, though the carrier then takes it for a person", async () => {
    const all = await orders(["machine", "person", "repeat", "ended"]);
    for (const { order, end } of all.filter(({ order }) => before(order, "machine", "person"))) {
      expect({ order, ...end }).toMatchObject({ order, spoken: order.map(() => false), delivery: "undelivered" });
    }
  });
});

describe.each(["approved", "canceled", "expired"] as const)("nothing is said once the verification is %s", (over) => {
  test("in whatever order the events of its call come", async () => {
    for (const { order, end } of await orders([over, "person", "repeat", "ended"])) {
      const since = order.indexOf(over);
      expect({ order, after: end.spoken.slice(since) }).toEqual({ order, after: order.slice(since).map(() => false) });
    }
  });
});
