import type { Core } from "../core.ts";
import { splitMask } from "../phone-number.ts";
import { applicationPrefix } from "../store/keys.ts";
import { script } from "../store/scripts.ts";

const run = script("tell");

/** Notes that a limit of a number refused something; nobody waits for it. */
export function tellRefusal(
  core: Pick<Core, "redis" | "onDecision" | "onUncounted">,
  { id }: { id: string },
  policy: string,
  { country, to }: { country: string; to: string },
): void {
  const [mask] = splitMask(to);
  run(core.redis, [applicationPrefix(id)], [policy, country, mask]).then(
    (news) => core.onDecision?.({ applicationId: id, policy, country, mode: "enforce", news: news === 1 }),
    (error: Error) => core.onUncounted?.(error),
  );
}
