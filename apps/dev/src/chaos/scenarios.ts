import type { Scenario } from "./scenario.ts";
import { apiKill } from "./scenarios/api-kill.ts";
import { carrier429 } from "./scenarios/carrier-429.ts";
import { carrierStorm } from "./scenarios/carrier-storm.ts";
import { carrier503 } from "./scenarios/carrier-503.ts";
import { carrier5xx } from "./scenarios/carrier-5xx.ts";
import { carrierHang } from "./scenarios/carrier-hang.ts";
import { carrierResetReceipts } from "./scenarios/carrier-reset-receipts.ts";
import { carrierResetSilent } from "./scenarios/carrier-reset-silent.ts";
import { carrierUndelivered } from "./scenarios/carrier-undelivered.ts";
import { clock, clockLeft } from "./scenarios/clock.ts";
import { redisAway120, redisAway15 } from "./scenarios/redis-away.ts";
import { redisBoot } from "./scenarios/redis-boot.ts";
import { redisFrozen } from "./scenarios/redis-frozen.ts";
import { redisFull } from "./scenarios/redis-full.ts";
import { redisKill } from "./scenarios/redis-kill.ts";
import { sameJobKill } from "./scenarios/same-job-kill.ts";
import { sentinel } from "./scenarios/sentinel.ts";
import { workerKill } from "./scenarios/worker-kill.ts";
import { workerSigterm } from "./scenarios/worker-sigterm.ts";

/** Every scenario there is, in the order of the table. */
export const scenarios: readonly Scenario[] = [
  workerKill,
  sameJobKill,
  workerSigterm,
  apiKill,
  redisKill,
  redisAway15,
  redisAway120,
  redisBoot,
  redisFrozen,
  redisFull,
  sentinel,
  carrier429,
  carrierStorm,
  carrierHang,
  carrierResetReceipts,
  carrierResetSilent,
  carrier5xx,
  carrier503,
  carrierUndelivered,
  clock,
  clockLeft,
];
