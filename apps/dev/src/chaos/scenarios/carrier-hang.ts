import { carrierRow } from "../carrier-row.ts";
import type { Scenario } from "../scenario.ts";

export const carrierHang: Scenario = carrierRow({
  name: "carrier-hang",
  fault: "the carrier never answers and delivers nothing (0004)",
  ending: "0004",
  sms: { exactly: 0 },
  mostRequests: 2,
  ends: "expired",
  expirySeconds: 30,
});
