import type { Redis } from "ioredis";
import { storeTime } from "../store/clock.ts";
import { isRedisUnavailable } from "../store/redis.ts";
import { HELD_BACK, queueKey, queueNames } from "./contracts.ts";

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
  /** How long a job added now would wait, by estimate, and no less than the first delayed one is late. */
  waitMs: number;
  /**
   * The least of the newest estimates for a job added now: what holds for some seconds is no noise, such as a worker's
   * first moments.
   */
  steadyWaitMs: number;
}

export interface Backlog {
  /** Empty until the first look. */
  latest(): readonly QueueBacklog[];
  stop(): void;
}

export interface WatchedBacklog extends Backlog {
  /**
   * The store's clock by the newest look, ms since the epoch: ahead of it by no more than that look took, and never
   * behind. Undefined before the first.
   */
  storeNow(): number | undefined;
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
  /** The delayed job whose time has come, and since when it is seen to be late. */
  late?: { job: string; since: number } | undefined;
  /** Jobs finished per ms while some were waiting: what the workers can do. */
  rate: number;
  /** The newest estimates of the wait of a job added now. */
  waits: number[];
}

/** BullMQ's score of a delayed job is the ms since the epoch at which it is due, times this, plus a counter. */
const SCORES_PER_MS = 0x1000;

const INTERVAL_MS = 1000;
/** Weight of the newest look in the rate: about the last ten in which something was finished count. */
const SMOOTHING = 0.2;
const STEADY_LOOKS = 5;

/**
 * The wait of a job added now: what is queued, at the rate at which jobs were finished while others waited; at least as
 * long as the next job has not moved, since without a worker there is no rate.
 */
export function estimateWaitMs(
  trace: Omit<Trace, "waits" | "late">,
  now: number,
  queued: number,
  limitedMs: number,
): number {
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

/**
 * How long the first delayed job is late. Only a worker of its queue moves it, whoever else is at work. When it is due
 * is said by the clock of the worker that put it off: it is late no longer than it was seen to be, by one clock.
 * @param first its id and BullMQ's score
 * @param storeMs the store's clock, ms since the epoch
 */
export function followLate(
  trace: Pick<Trace, "late">,
  now: number,
  storeMs: number,
  [id, score]: readonly (string | undefined)[],
): number {
  const overdueMs = storeMs - Math.floor(Number(score) / SCORES_PER_MS);
  if (id === undefined || overdueMs <= 0) {
    trace.late = undefined;
    return 0;
  }
  // A job that was put off again has another score.
  const job = `${id} ${score}`;
  if (trace.late?.job !== job) trace.late = { job, since: now };
  return Math.min(overdueMs, now - trace.late.since);
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
): WatchedBacklog {
  let clock: { storeMs: number; askedAt: number } | undefined;
  const traces = new Map<string, Trace>();
  let latest: readonly QueueBacklog[] = [];

  async function look(queue: string, time: Promise<number>): Promise<QueueBacklog> {
    const key = (part: string) => queueKey(queue, part);
    const [
      waiting,
      prioritized,
      active,
      delayed,
      failed,
      next,
      urgent,
      firstDelayed,
      paused,
      limited,
      count,
      completedCount,
      failedCount,
      storeMs,
    ] = await Promise.all([
      redis.llen(key("wait")),
      redis.zcard(key("prioritized")),
      redis.llen(key("active")),
      redis.zcard(key("delayed")),
      redis.zcard(key("failed")),
      redis.lindex(key("wait"), -1),
      redis.zrange(key("prioritized"), "0", "0"),
      redis.zrange(key("delayed"), "0", "0", "WITHSCORES"),
      redis.hexists(key("meta"), "paused"),
      redis.pttl(key("limiter")),
      redis.get(key("limiter")),
      redis.hget(key("metrics:completed"), "count"),
      redis.hget(key("metrics:failed"), "count"),
      time,
    ]);
    const now = performance.now();
    const queued = waiting + prioritized;
    const head = next ?? urgent[0] ?? null;
    const trace = traces.get(queue) ?? { head, headSince: now, rate: 0, waits: [] };
    traces.set(queue, trace);
    if (head === null || head !== trace.head) Object.assign(trace, { head, headSince: now });
    const finished = Number(completedCount ?? 0) + Number(failedCount ?? 0);
    followRate(trace, { at: now, queued, finished });
    const isLimited = Number(count) >= HELD_BACK;
    const limitedMs = isLimited ? Math.max(0, limited) : 0;
    const addedNowMs = Math.round(estimateWaitMs(trace, now, queued, limitedMs));
    // A job that is late says nothing of one added now, which no clock puts off.
    trace.waits = [...trace.waits, addedNowMs].slice(-STEADY_LOOKS);
    const lateMs = Math.round(followLate(trace, now, storeMs, firstDelayed));
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
      waitMs: Math.max(addedNowMs, lateMs),
      steadyWaitMs: Math.min(...trace.waits),
    };
  }

  let looking = false;
  async function lookAtAll(): Promise<void> {
    if (looking || redis.status !== "ready") return;
    looking = true;
    try {
      const askedAt = performance.now();
      const time = storeTime(redis);
      latest = await Promise.all(queues.map((queue) => look(queue, time)));
      clock = { storeMs: await time, askedAt };
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
  return {
    latest: () => latest,
    storeNow: () => clock && clock.storeMs + performance.now() - clock.askedAt,
    stop: () => clearInterval(timer),
  };
}
