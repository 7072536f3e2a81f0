import { carrierRow } from "../carrier-row.ts";
import type { Scenario } from "../scenario.ts";

export const carrierUndelivered: Scenario = carrierRow({
  name: "carrier-undelivered",
  fault: "the carrier accepts, then reports that it could not deliver (0001)",
  ending: "0001",
  sms: { exactly: 0 },
  mostRequests: 1,
  ends: "undeliverable",
});
