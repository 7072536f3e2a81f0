import fc from "fast-check";
import { afterAll, test } from "vitest";
import { connectForWork } from "../store/redis.ts";
import { startTestCore } from "../testing/verifications.fixture.ts";
import type { Channel } from "../verification.ts";
import * as application from "./commands-application.fixture.ts";
import type { Command } from "./commands.fixture.ts";
import * as delivery from "./commands-delivery.fixture.ts";
import { type Model, newModel } from "./reference.fixture.ts";
import { newWitness, type Witness } from "./witness.fixture.ts";
import { newWorld } from "./world.fixture.ts";

/** `MODEL_RUNS=3000` looks longer; `MODEL_SEED=…` repeats what a failure printed. */
const given = (name: string) => (process.env[name] === undefined ? undefined : Number(process.env[name]));
const [runs, seed] = [given("MODEL_RUNS"), given("MODEL_SEED")];
const ORDINARY_RUNS = 200;
/** An ordinary test stops looking then, however slow the machine is. */
const ENOUGH_MS = 12_000;

const core = await startTestCore();
/** Waits for a slow machine; a command that times out would end a run for nothing. */
const redis = connectForWork(core.redisUrl);
afterAll(async () => {
  redis.disconnect();
  await core.close();
});

const workflows: readonly Channel[][] = [["sms", "call"], ["sms", "call"], ["sms"], ["sms", "call", "call"]];

const times = (weight: number, command: fc.Arbitrary<Command>) => Array.from({ length: weight }, () => command);

const commands = fc.commands<Model, Witness, false>(
  [
    ...times(3, application.startWithFallback),
    ...times(1, application.startAny),
    ...times(2, application.resendAny),
    ...times(1, application.ending),
    ...times(1, application.longTime),
    ...times(8, application.shortTime),
    ...times(14, delivery.claimAny),
    ...times(9, delivery.settleAny),
    ...times(5, delivery.receiptAny),
    ...times(3, delivery.escalateAny),
    ...times(10, delivery.callAny),
    ...times(5, delivery.unspokenAny),
    ...times(1, delivery.callAgain),
  ],
  { maxCommands: 120, size: "max" },
);

const circumstances = fc.record({ workflow: fc.constantFrom(...workflows), consistent: fc.boolean() });

const property = fc.asyncProperty(circumstances, commands, async ({ workflow, consistent }, happening) => {
  const begin = () => {
    const world = newWorld(consistent);
    return { model: newModel(workflow, world), real: newWitness({ ...core, redis }, workflow, world) };
  };
  await fc.asyncModelRun(begin, happening);
});

const expectToHold = (parameters: fc.Parameters) => fc.assert(property, parameters as object);

test("whatever happens in whatever order, the store does what the reference model does, and holds its invariants", async () => {
  await expectToHold({
    numRuns: runs ?? ORDINARY_RUNS,
    ...(seed !== undefined && { seed }),
    ...(runs === undefined && seed === undefined && { interruptAfterTimeLimit: ENOUGH_MS }),
  });
}, 3_600_000);
