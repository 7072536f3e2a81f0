import { Redis } from "ioredis";

/** Reconnects soon and for ever: an outage of any length ends by itself. */
const retryStrategy = (times: number) => Math.min(times * 100, 1000);

/** A command may have to wait for the round trip before its own, so it is refused within twice this time. */
const COMMAND_TIMEOUT_MS = 900;

/**
 * A connection that answers requests: while Redis is away or silent every command is refused within 2 s, so that the
 * caller can say so in time. Commands of one tick share a round trip.
 */
export function connectForRequests(url: string): Redis {
  return new Redis(url, {
    enableAutoPipelining: true,
    enableOfflineQueue: false,
    // What was refused must not be carried out later, behind the caller's back.
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 1,
    commandTimeout: COMMAND_TIMEOUT_MS,
    connectTimeout: 1500,
    socketTimeout: 5000,
    retryStrategy,
  });
}

/** A connection of a worker, which waits for Redis as long as it takes; a silent one is dropped after 8 s. */
export function connectForWork(url: string): Redis {
  return new Redis(url, {
    enableAutoPipelining: true,
    maxRetriesPerRequest: null,
    connectTimeout: 5000,
    socketTimeout: 8000,
    retryStrategy,
  });
}

export interface RedisProblem {
  message: string;
  /** Whether it drops what was accepted while the server runs, and not only when it crashes. */
  losesData: boolean;
}

/**
 * What of a server's settings may lose what was accepted; empty where all is well.
 * Source: `INFO` (`maxmemory_policy`, `aof_enabled`).
 */
export async function durabilityProblems(redis: Redis): Promise<RedisProblem[]> {
  const info = await redis.info("everything");
  const value = (name: string) => new RegExp(`^${name}:(.*)$`, "m").exec(info)?.[1]?.trim();
  const policy = value("maxmemory_policy");
  const problems: RedisProblem[] = [];
  if (policy !== "noeviction") {
    problems.push({
      message: `Redis has maxmemory-policy ${policy} and may drop verifications and jobs: set noeviction`,
      losesData: true,
    });
  }
  if (value("aof_enabled") !== "1") {
    problems.push({
      message: "Redis has no append-only file: a crash of it loses what was accepted (appendonly yes)",
      losesData: false,
    });
  }
  return problems;
}

/** There is no connection to ask over, and none is waited for. */
export class RedisAwayError extends Error {
  override name = "RedisAwayError";

  constructor() {
    super("Redis is not connected");
  }
}

/** Replies of a server that cannot serve right now: loading, full, a replica, a cluster in disorder, saving failed. */
const CANNOT_SERVE = /^(LOADING|OOM|READONLY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|NOREPLICAS|MISCONF|BUSY)\b/;
const CONNECTION_FAILED =
  /^(Connection is closed|Stream isn't writeable|Command timed out|Socket timeout|connect |read |write )/;

/** Whether an error says that Redis is away, silent or unable to serve, rather than that a command was wrong. */
export function isRedisUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error.name === "ReplyError") return CANNOT_SERVE.test(error.message);
  return (
    error instanceof RedisAwayError ||
    error.name === "MaxRetriesPerRequestError" ||
    error.name === "AbortError" ||
    CONNECTION_FAILED.test(error.message)
  );
}
