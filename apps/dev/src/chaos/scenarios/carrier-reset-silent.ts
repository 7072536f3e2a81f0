import { carrierRow } from "../carrier-row.ts";
import type { Scenario } from "../scenario.ts";

export const carrierResetSilent: Scenario = carrierRow({
  name: "carrier-reset-silent",
  fault: "the carrier resets after it took the message, and never sends a receipt (0011)",
  ending: "0011",
  sms: { atMost: 2 },
  mostRequests: 2,
});
