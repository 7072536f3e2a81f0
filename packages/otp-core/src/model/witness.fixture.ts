import { randomUUID } from "node:crypto";
import { expect } from "vitest";
import type { Core } from "../core.ts";
import { codeKey, verificationKey } from "../store/keys.ts";
import type { TestCore } from "../testing/core.fixture.ts";
import { randomNumber } from "../testing/numbers.fixture.ts";
import { refOf } from "../testing/verifications.fixture.ts";
import type { Channel, Verification } from "../verification.ts";
import { readVerification } from "../verifications/read.ts";
import { MAX_CHECKS, PATIENCE, progress } from "./reference.fixture.ts";
import type { World, WorldRequest } from "./world.fixture.ts";

/** The real store, and what was seen of it: the invariants are held against this and not against the model. */
export interface Witness extends Core, Pick<TestCore, "limitedApplication"> {
  application: TestCore["application"];
  age: TestCore["age"];
  codeOf: TestCore["codeOf"];
  /** The one number of the run. */
  to: string;
  /** Of its verifications, in the model's order. */
  ids: string[];
  codes: string[];
  /** A right code was accepted. */
  approved(id: string): void;
  /** A worker was given a delivery to send. */
  requested(request: WorldRequest): Promise<void>;
  /** The code is to be said in a call, for the nth time. */
  said(id: string, callId: string, times: number): void;
  /** Whether it was said in a call before. */
  hasSaid(callId: string): boolean;
  /** A machine took a call. */
  machine(callId: string): void;
  /** Reads a verification and holds the invariants against it. */
  look(id: string): Promise<Verification>;
}

/** The model knows of no limits but those of all requests. */
const noVoiceLimits = { "number-voice-1h": false, "number-voice-24h": false } as const;

/** A number of an application of its own, so that no run knows of another. */
export function newWitness(core: TestCore, workflow: readonly Channel[], world: World): Witness {
  const jobs = new Set<string>();
  const last = new Map<string, Verification>();
  const approvals = new Map<string, number>();
  const machines = new Set<string>();
  const speaks = new Map<string, Set<number>>();
  const saidIn = (callId: string) => {
    const times = speaks.get(callId) ?? new Set<number>();
    speaks.set(callId, times);
    return times;
  };
  const ids: string[] = [];
  const requestsOf = (of: number, number?: number) =>
    world.requests.filter((each) => each.of === of && (number === undefined || each.number === number));
  const steps = workflow.map((channel) => ({ channel, carrier: "telnyx", patienceSeconds: PATIENCE }));
  const application = {
    id: randomUUID(),
    settings: { ...core.application.settings, maxAttempts: MAX_CHECKS, workflow: steps, limits: noVoiceLimits },
  };

  function hold(id: string, now: Verification, codeKept: boolean): void {
    const before = last.get(id);
    const pending = now.status === "pending";
    expect(approvals.get(id) ?? 0, "a code is accepted exactly once, and makes it approved").toBe(
      now.status === "approved" ? 1 : 0,
    );
    expect(now.attemptsRemaining, "wrong checks stay within the limit").toBeGreaterThanOrEqual(0);
    expect(codeKept, "the code is kept while it is pending, and no longer").toBe(pending);
    for (const delivery of now.deliveries) {
      const job = `${delivery.channel}-${delivery.carrier} ${delivery.id}`;
      expect(delivery.status !== "queued" || jobs.has(job), `${delivery.id} waits and has a job`).toBe(true);
    }
    if (!before) return;
    expect(before.status === "pending" || before.status === now.status, "what is over stays as it is").toBe(true);
    expect(now.attemptsRemaining, "wrong checks are not forgotten").toBeLessThanOrEqual(before.attemptsRemaining);
    for (const [at, { id: delivery, status }] of before.deliveries.entries()) {
      const next = now.deliveries[at]?.status ?? "queued";
      expect(progress[next], `${delivery} was ${status} and does not go back`).toBeGreaterThanOrEqual(progress[status]);
    }
    if (before.status === "pending" && now.status === "undeliverable") {
      const hopeless = now.deliveries.every(({ status }) => status === "failed" || status === "undelivered");
      expect(hopeless, "it is undeliverable when every delivery has failed").toBe(true);
      const requests = requestsOf(ids.indexOf(id));
      const mayArrive = requests.some(({ cameToNothing, fate }) => !cameToNothing && fate !== "lost");
      expect(world.consistent && mayArrive, "it is undeliverable when nothing may arrive any more").toBe(false);
    }
  }

  return {
    redis: core.redis,
    keyring: core.keyring,
    tokens: core.tokens,
    queue: {
      add: (queue, delivery) => Promise.resolve(void jobs.add(`${queue} ${delivery}`)),
      escalate: () => Promise.resolve(),
      notify: () => Promise.resolve(),
      lookForEvents: () => Promise.resolve(),
    },
    application,
    limitedApplication: () => application,
    age: core.age,
    codeOf: core.codeOf,
    to: randomNumber(),
    ids,
    codes: [],
    approved: (id) => void approvals.set(id, (approvals.get(id) ?? 0) + 1),
    async requested({ of, number }) {
      const id = ids[of] ?? "";
      const requests = requestsOf(of, number);
      const mayArrive = requests.filter(({ cameToNothing }) => !cameToNothing);
      expect(mayArrive.length, "no more than two requests of a delivery may arrive").toBeLessThanOrEqual(2);
      const wentOut = requests.some(({ fate }) => fate === "out" || fate === "reached");
      expect(world.consistent && wentOut, "what surely went out is not sent again").toBe(false);
      const record = await core.redis.hget(verificationKey(refOf(id)), String(number));
      const others = last.get(id)?.deliveries ?? [];
      const needless = record?.endsWith(" fallback") && others.some(({ status }) => status === "delivered");
      expect(needless, "the workflow makes no call once something was delivered").toBe(false);
      expect(last.get(id)?.status, "only a pending verification's code is sent").toBe("pending");
    },
    said(id, callId, times) {
      expect(machines.has(callId), "a machine hears nothing").toBe(false);
      expect(last.get(id)?.status, "only a pending verification's code is said").toBe("pending");
      expect(saidIn(callId).add(times).size, "the code is said four times at most").toBeLessThanOrEqual(4);
    },
    hasSaid: (callId) => saidIn(callId).size > 0,
    machine(callId) {
      if (saidIn(callId).size === 0) machines.add(callId);
    },
    async look(id) {
      const [verification, codeKept] = await Promise.all([
        readVerification(core, application, id),
        core.redis.exists(codeKey(refOf(id))),
      ]);
      hold(id, verification, codeKept === 1);
      last.set(id, verification);
      return verification;
    },
  };
}
