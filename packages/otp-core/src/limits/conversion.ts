import type { Application, Core } from "../core.ts";
import { splitMask } from "../phone-number.ts";
import { applicationPrefix } from "../store/keys.ts";
import { script } from "../store/scripts.ts";
import { areaWindowMs } from "./admit.ts";

const run = script("approve");

/**
 * Tells the breakers that a verification was approved. Nobody waits for it: a crash between the approval and this counts
 * the verification as one that was not approved, which a breaker's percentage bears.
 */
export function countApproval(core: Core, { id, settings }: Application, about: string): void {
  const [createdAt = "", , , country = "", to = "", area] = about.split(" ");
  if (area === undefined || settings.guard === "off") return;
  const [, digits] = splitMask(to);
  run(core.redis, [applicationPrefix(id)], [createdAt, country, area, digits, areaWindowMs(settings)]).catch(
    (error: Error) => core.onUncounted?.(error),
  );
}
