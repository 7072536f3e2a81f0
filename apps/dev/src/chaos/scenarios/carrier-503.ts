import { carrierRow } from "../carrier-row.ts";
import type { Scenario } from "../scenario.ts";

export const carrier503: Scenario = carrierRow({
  name: "carrier-503",
  fault: "the carrier answers 503 twice, then accepts (0007)",
  ending: "0007",
  sms: { exactly: 1 },
  mostRequests: 3,
});
