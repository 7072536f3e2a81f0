import fc from "fast-check";
import { expect } from "vitest";
import { WatchwordError } from "../errors.ts";
import { wrong } from "../testing/verifications.fixture.ts";
import type { Channel } from "../verification.ts";
import { cancelVerification } from "../verifications/cancel.ts";
import { checkVerification } from "../verifications/check.ts";
import { resendVerification } from "../verifications/resend.ts";
import { startVerification } from "../verifications/start.ts";
import { channel, type Command, command, nth, pick } from "./commands.fixture.ts";
import { cancel, check, type Model, passTime, resend, start } from "./reference.fixture.ts";

/** The code of a refusal; what is not refused gives `otherwise`. */
const refusalOf = <Otherwise>(result: Promise<unknown>, otherwise: Otherwise): Promise<Otherwise | string> =>
  result.then(
    () => otherwise,
    (error: unknown) => {
      if (error instanceof WatchwordError) return error.code;
      throw error;
    },
  );

const verificationAt = (n: number) => (model: Model) => {
  const newest = model.verifications.map((verification, of) => ({ of, verification })).toReversed();
  return pick(newest, n);
};

const startCommand = (by: Channel, fallback: boolean): Command =>
  command(
    `start by ${by}, ${fallback ? "with" : "without"} fallback`,
    ({ workflow }) => (workflow.includes(by) ? by : undefined),
    async (_by, model, real) => {
      const expected = start(model, by, fallback);
      const newest = model.verifications.length - 1;
      const input = { to: real.to, channel: by, fallback: fallback ? "call" : "none" } as const;
      const starting = startVerification(real, real.application, input);
      if (expected === "limited") {
        expect(await refusalOf(starting, "started")).toBe("too_many_requests");
        return newest;
      }
      const { verification, created, sending } = await starting;
      expect({ created, sending }).toEqual({ created: expected === "created", sending: expected !== "unchanged" });
      if (created) {
        real.ids.push(verification.id);
        real.codes.push(await real.codeOf(verification.id));
      }
      expect(verification.id).toBe(real.ids[newest]);
      return newest;
    },
  );

const resendCommand = (n: number, by: Channel): Command =>
  command(
    `resend by ${by}`,
    (model) => (model.workflow.includes(by) ? verificationAt(n)(model) : undefined),
    async ({ of, verification }, model, real) => {
      const resending = resendVerification(real, real.application, real.ids[of] ?? "", by);
      expect(await refusalOf(resending, "resent")).toBe(resend(model, verification, by));
      return of;
    },
  );

const checkCommand = (n: number, right: boolean): Command =>
  command(
    `check a ${right ? "right" : "wrong"} code`,
    verificationAt(n),
    async ({ of, verification }, _model, real) => {
      const [id = "", code = ""] = [real.ids[of], real.codes[of]];
      const valid = check(verification, right);
      const checked = await checkVerification(real, real.application, id, right ? code : wrong(code));
      if (checked.valid) real.approved(id);
      expect(checked).toMatchObject({ valid, status: verification.status });
      return of;
    },
  );

const cancelCommand = (n: number): Command =>
  command("cancel", verificationAt(n), async ({ of, verification }, _model, real) => {
    const expected = cancel(verification) ? "canceled" : "verification_not_pending";
    expect(await refusalOf(cancelVerification(real, real.application, real.ids[of] ?? ""), "canceled")).toBe(expected);
    return of;
  });

const ageCommand = (seconds: number): Command =>
  command(`${seconds} s pass`, verificationAt(0), async ({ of }, model, real) => {
    passTime(model, seconds);
    await real.age(real.ids[of] ?? "", seconds);
    return of;
  });

/** What the application and the clock do. Times are multiples of 10 s, as are all that matter to the store. */
export const startAny = fc.tuple(channel, fc.boolean()).map(([by, fallback]) => startCommand(by, fallback));
export const startWithFallback = fc.constant(null).map(() => startCommand("sms", true));
export const resendAny = fc.tuple(nth, channel).map(([n, by]) => resendCommand(n, by));
export const ending = fc.oneof(
  { weight: 4, arbitrary: nth.map((n) => checkCommand(n, false)) },
  { weight: 1, arbitrary: nth.map((n) => checkCommand(n, true)) },
  { weight: 1, arbitrary: nth.map((n) => cancelCommand(n)) },
);
export const shortTime = fc.constantFrom(10, 20, 30).map((seconds) => ageCommand(seconds));
export const longTime = fc.constantFrom(60, 120, 300, 900).map((seconds) => ageCommand(seconds));
