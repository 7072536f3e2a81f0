import type { Redis } from "ioredis";
import { isRedisUnavailable } from "../store/redis.ts";
import { queueKey, queueNames } from "./contracts.ts";

/** What waits in a queue, as of the last look. */
export interface QueueBacklog {
  queue: string;
  /** Jobs by state. */
  waiting: number;
  prioritized: number;
  active: number;
  delayed: number;
  failed: number;
  /** Whether an operator has paused it. */
  paused: boolean;
  /** How long the carrier's wish for fewer requests still holds it back. */
  limitedMs: number;
  /** Jobs taken in the window of its rate that runs now. */
  takenInWindow: number;
  /** Jobs that ever came to an end, done or failed. */
  finished: number;
  /** How long a job added now would wait, by estimate. */
  waitMs: number;
  /** The least of the newest estimates: what holds for some seconds is no noise, such as a worker's first moments. */
  steadyWaitMs: number;
}

export interface Backlog {
  /** Empty until the first look. */
  latest(): readonly QueueBacklog[];
  stop(): void;
}

interface Look {
  at: number;
  queued: number;
  finished: number;
}

/** What is remembered of a queue from look to look. */
interface Trace {
  last?: Look;
  /** The job that goes next, and since when. */
  head: string | null;
  headSince: number;
  /** Jobs finished per ms while some were waiting: what the workers can do. */
  rate: number;
  /** The newest estimates of the wait. */
  waits: number[];
}

/** BullMQ counts the jobs of a window in `limiter`, and puts the greatest integer there to hold a queue back. */
const PAUSED = Number.MAX_SAFE_INTEGER;

const INTERVAL_MS = 1000;
/** Weight of the newest look in the rate: about the last ten in which something was finished count. */
const SMOOTHING = 0.2;
const STEADY_LOOKS = 5;

/**
 * The wait of a job added now: what is queued, at the rate at which jobs were finished while others waited; at least as
 * long as the next job has not moved, since without a worker there is no rate.
 */
export function estimateWaitMs(trace: Omit<Trace, "waits">, now: number, queued: number, limitedMs: number): number {
  if (queued === 0) return limitedMs;
  const stuck = now - trace.headSince;
  return Math.max(stuck, limitedMs, trace.rate > 0 ? queued / trace.rate : 0);
}

/** Takes a look into the rate. One in which nothing was finished counts towards the span of the next in which something was. */
export function followRate(trace: Pick<Trace, "last" | "rate">, look: Look): void {
  const { last } = trace;
  const busy = last !== undefined && last.queued > 0 && look.queued > 0;
  if (busy && look.finished === last.finished) return;
  if (busy && look.finished > last.finished) {
    const rate = (look.finished - last.finished) / (look.at - last.at);
    trace.rate = trace.rate === 0 ? rate : trace.rate * (1 - SMOOTHING) + rate * SMOOTHING;
  }
  trace.last = look;
}

/** Looks at every queue each second, for admission, metrics and the worker's own watch; one round trip a look. */
export function watchBacklog(
  redis: Redis,
  {
    queues = queueNames,
    intervalMs = INTERVAL_MS,
    onLook,
    onError,
  }: {
    queues?: readonly string[];
    intervalMs?: number;
    onLook?: (backlog: readonly QueueBacklog[]) => void;
    /** Of a look that failed for another reason than an outage, which the connection's owner reports. */
    onError: (error: unknown) => void;
  },
): Backlog {
  const traces = new Map<string, Trace>();
  let latest: readonly QueueBacklog[] = [];

  async function look(queue: string): Promise<QueueBacklog> {
    const key = (part: string) => queueKey(queue, part);
    const [
      waiting,
      prioritized,
      active,
      delayed,
      failed,
      next,
      urgent,
      paused,
      limited,
      count,
      completedCount,
      failedCount,
    ] = await Promise.all([
      redis.llen(key("wait")),
      redis.zcard(key("prioritized")),
      redis.llen(key("active")),
      redis.zcard(key("delayed")),
      redis.zcard(key("failed")),
      redis.lindex(key("wait"), -1),
      redis.zrange(key("prioritized"), "0", "0"),
      redis.hexists(key("meta"), "paused"),
      redis.pttl(key("limiter")),
      redis.get(key("limiter")),
      redis.hget(key("metrics:completed"), "count"),
      redis.hget(key("metrics:failed"), "count"),
    ]);
    const now = performance.now();
    const queued = waiting + prioritized;
    const head = next ?? urgent[0] ?? null;
    const trace = traces.get(queue) ?? { head, headSince: now, rate: 0, waits: [] };
    traces.set(queue, trace);
    if (head === null || head !== trace.head) Object.assign(trace, { head, headSince: now });
    const finished = Number(completedCount ?? 0) + Number(failedCount ?? 0);
    followRate(trace, { at: now, queued, finished });
    const isLimited = Number(count) >= PAUSED;
    const limitedMs = isLimited ? Math.max(0, limited) : 0;
    const waitMs = Math.round(estimateWaitMs(trace, now, queued, limitedMs));
    trace.waits = [...trace.waits, waitMs].slice(-STEADY_LOOKS);
    return {
      queue,
      waiting,
      prioritized,
      active,
      delayed,
      failed,
      paused: paused === 1,
      limitedMs,
      takenInWindow: isLimited || limited <= 0 ? 0 : Number(count),
      finished,
      waitMs,
      steadyWaitMs: Math.min(...trace.waits),
    };
  }

  let looking = false;
  async function lookAtAll(): Promise<void> {
    if (looking || redis.status !== "ready") return;
    looking = true;
    try {
      latest = await Promise.all(queues.map(look));
    } catch (error) {
      if (!isRedisUnavailable(error)) onError(error);
      return;
    } finally {
      looking = false;
    }
    // Whoever is told may throw to end the process.
    onLook?.(latest);
  }
  const timer = setInterval(() => void lookAtAll(), intervalMs);
  timer.unref();
  return { latest: () => latest, stop: () => clearInterval(timer) };
}
