import { carrierRow } from "../carrier-row.ts";
import type { Scenario } from "../scenario.ts";

export const carrier5xx: Scenario = carrierRow({
  name: "carrier-5xx",
  fault: "the carrier answers 500 with a page of HTML, always (0012)",
  ending: "0012",
  sms: { exactly: 0 },
  mostRequests: 2,
  ends: "expired",
  expirySeconds: 25,
});
