import { read, type VerificationView } from "./api-client.ts";
import { accepted, start } from "./load.ts";
import { type Ending, numberSource } from "./numbers.ts";
import { each, until } from "./run.ts";
import { atMost, type Check, exactly, type Scenario } from "./scenario.ts";
import { startStack } from "./stack.ts";
import { judge, quiet, sentOf } from "./tally.ts";

const EACH = 12;
const ENDED_MS = 60_000;

export interface CarrierFault {
  name: string;
  fault: string;
  ending: Ending;
  /** SMS that each verification leads to. */
  sms: { exactly: 0 | 1 } | { atMost: 2 };
  /** Requests to the carrier that each verification may cause. */
  mostRequests: number;
  /** In which status it ends by itself; where nothing is said it stays pending, for the person to type the code. */
  ends?: string;
  expirySeconds?: number;
}

/** Numbers with which the carrier does one thing wrong, and as many with which it does not. */
export const carrierRow = ({
  name,
  fault,
  ending,
  sms,
  mostRequests,
  ends,
  expirySeconds,
}: CarrierFault): Scenario => ({
  name,
  fault,
  lane: "wait",
  play: async (run) => {
    const env: Record<string, string> = expirySeconds ? { OTP_EXPIRY_SECONDS: String(expirySeconds) } : {};
    const stack = await startStack(run, { workers: 1, env });
    const numbers = numberSource();
    const ask = (as?: Ending) => each(Array.from({ length: EACH }), () => start(stack.api.origin, numbers(as)));
    const faulty = await ask(ending);
    const sound = await ask();
    await quiet(stack);
    let views: (VerificationView | undefined)[] = [];
    if (ends) {
      await until(run, ENDED_MS, async () => {
        views = await each(accepted(faulty), ({ id }) => read(stack.api.origin, id));
        return views.every((view) => view !== undefined && view.status !== "pending");
      });
    }
    const { requests } = await stack.carrier.totals();
    const delivered = (await sentOf(stack, accepted(faulty))).map(({ messages }) => messages.length);
    const soundOnes = (await sentOf(stack, accepted(sound))).filter(({ messages }) => messages.length === 1);
    const smsEach: Check =
      "exactly" in sms
        ? exactly(
            `verifications with other than ${sms.exactly} SMS`,
            delivered.filter((n) => n !== sms.exactly).length,
            0,
          )
        : atMost("SMS of one of them", Math.max(...delivered), sms.atMost);
    return judge(stack, [...faulty, ...sound], {
      checks: [
        exactly("accepted", accepted([...faulty, ...sound]).length, 2 * EACH),
        smsEach,
        atMost(`requests at the carrier for ${EACH}`, requests - EACH, EACH * mostRequests),
        ...(ends ? [exactly(`ended as ${ends}`, views.filter((view) => view?.status === ends).length, EACH)] : []),
        exactly("sound numbers beside them, sent once", soundOnes.length, EACH),
      ],
    });
  },
});
