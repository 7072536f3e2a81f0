import { read } from "../api-client.ts";
import { accepted, start } from "../load.ts";
import { numberSource } from "../numbers.ts";
import { each, until } from "../run.ts";
import { atMost, exactly, note, type Scenario } from "../scenario.ts";
import { startStack } from "../stack.ts";
import { judge } from "../tally.ts";

/** Takeover of a dead worker's job, then the wait for a receipt. */
const NEXT_REQUEST_MS = 40_000;
const EXPIRY_S = 75;
const ENDED_MS = 100_000;

export const sameJobKill: Scenario = {
  name: "same-job-kill",
  fault: "kill -9 of the worker that has the job, three times on the same jobs",
  lane: "wait",
  play: async (run) => {
    // The carrier takes longer to answer than a worker lives here.
    const stack = await startStack(run, {
      workers: 1,
      latencyMs: 4_000,
      env: { OTP_EXPIRY_SECONDS: String(EXPIRY_S) },
    });
    const numbers = numberSource();
    // Held by the latency with receipts and without, and never answered at all.
    const endings = [undefined, "0002", "0004", "0011"] as const;
    const starts = await each(endings, (ending) => start(stack.api.origin, numbers(ending)));

    const atCarrier: number[] = [];
    for (let kill = 1; kill <= 3; kill += 1) {
      const worker = stack.workers.at(-1);
      const before = atCarrier.at(-1) ?? 0;
      await until(run, kill < 3 ? NEXT_REQUEST_MS : NEXT_REQUEST_MS / 2, async () => {
        const { requests } = await stack.carrier.totals();
        // A job is requested twice at most, so the third kill meets it as it is taken over.
        const takenOver = kill === 3 && worker?.lines.some((line) => line.includes("taken over"));
        return requests > before || takenOver === true;
      });
      // Together they were started, and together they come back.
      await until(run, 500, () => false);
      worker?.signal("SIGKILL");
      atCarrier.push((await stack.carrier.totals()).requests);
      await stack.start("worker");
    }
    const all = accepted(starts);
    const ended = await until(run, ENDED_MS, async () => {
      const views = await each(all, ({ id }) => read(stack.api.origin, id));
      return views.every((view) => view !== undefined && view.status !== "pending");
    });
    const { requests } = await stack.carrier.totals();
    return judge(stack, starts, {
      checks: [
        exactly("accepted", all.length, endings.length),
        note("requests at the carrier at each kill", atCarrier.join(", ")),
        atMost("requests at the carrier in all", requests, 2 * endings.length),
        exactly("not ended after their life", ended === undefined ? 1 : 0, 0),
      ],
    });
  },
};
