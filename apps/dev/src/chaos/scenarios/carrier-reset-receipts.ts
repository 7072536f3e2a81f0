import { carrierRow } from "../carrier-row.ts";
import type { Scenario } from "../scenario.ts";

export const carrierResetReceipts: Scenario = carrierRow({
  name: "carrier-reset-receipts",
  fault: "the carrier resets after it took the message, and sends its receipts (0005)",
  ending: "0005",
  sms: { exactly: 1 },
  mostRequests: 1,
});
