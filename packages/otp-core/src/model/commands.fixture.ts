import fc from "fast-check";
import { expect } from "vitest";
import type { Channel, DeliveryStatus, VerificationStatus } from "../verification.ts";
import { type Model, type ModelDelivery, type ModelVerification, view } from "./reference.fixture.ts";
import type { Witness } from "./witness.fixture.ts";

export type Command = fc.AsyncCommand<Model, Witness>;

/** The model knows of no time but what `age` lets pass: its margin is 10 s, and a slow run ends well before that. */
const MAX_REAL_MS = 4000;

/**
 * A command on what `find` gives, where it gives something: `run` does it to the model and to the store, compares what
 * they answer, and gives the index of the verification to compare then.
 */
export function command<Target>(
  name: string,
  find: (model: Model) => Target | undefined,
  run: (target: Target, model: Model, real: Witness) => Promise<number>,
): Command {
  let target = "";
  return {
    check: (model) => performance.now() - model.begunAt < MAX_REAL_MS && find(model) !== undefined,
    async run(model, real) {
      const found = find(model) as Target;
      target = describe(found);
      const index = await run(found, model, real);
      const verification = model.verifications[index];
      if (!verification) return;
      expect(await real.look(real.ids[index] ?? ""), name).toMatchObject(view(verification));
    },
    toString: () => `${name}${target}`,
  };
}

const describe = (target: unknown) => {
  const { of, number, attempt } = target as { of?: number; number?: number; attempt?: number };
  const parts = [of === undefined ? undefined : of + 1, number, attempt].filter((part) => part !== undefined);
  return parts.length > 0 ? ` of ${parts.join(".")}` : "";
};

/** Mostly the first, which is the newest or the most wanted. */
export const nth: fc.Arbitrary<number> = fc.oneof(
  { weight: 3, arbitrary: fc.constant(0) },
  { weight: 2, arbitrary: fc.nat({ max: 20 }) },
);

export const pick = <Item>(items: readonly Item[], n: number): Item | undefined => items[n % items.length];

export interface DeliveryTarget {
  /** Index of its verification. */
  of: number;
  number: number;
  verification: ModelVerification;
  delivery: ModelDelivery;
}

const open: ReadonlySet<DeliveryStatus> = new Set<DeliveryStatus>(["queued", "sending", "uncertain"]);

/** Every delivery, newest first, and those that may still be sent before the others. */
export function deliveriesOf({ verifications }: Model): DeliveryTarget[] {
  const all = verifications.flatMap((verification, of) =>
    verification.deliveries.map((delivery, at) => ({ of, number: at + 1, verification, delivery })),
  );
  const mayBeSent = ({ delivery }: DeliveryTarget) => open.has(delivery.status);
  const newest = all.toReversed();
  return [...newest.filter(mayBeSent), ...newest.filter((target) => !mayBeSent(target))];
}

export function deliveryAt(model: Model, { of, number }: { of: number; number: number }): DeliveryTarget {
  const verification = model.verifications[of];
  const delivery = verification?.deliveries[number - 1];
  if (!verification || !delivery) throw new Error(`the model has no delivery ${of}.${number}`);
  return { of, number, verification, delivery };
}

/** What the store answers has to agree with what the model came to. */
export function expectAgreement(
  answer: { delivery: DeliveryStatus; verification: VerificationStatus } | undefined,
  { delivery, verification }: DeliveryTarget,
): void {
  expect(answer).toMatchObject({ delivery: delivery.status, verification: verification.status });
}

export const channel: fc.Arbitrary<Channel> = fc.constantFrom("sms", "call");
