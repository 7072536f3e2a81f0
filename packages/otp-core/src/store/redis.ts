import type { Cluster, Redis } from "ioredis";
import { connect } from "./redis-connect.ts";

/** One server, the master that Sentinels name, or a cluster: the same commands, and the same `status` while it serves. */
export type RedisConnection = Redis | Cluster;

/** Whatever a request has asked before was answered at once, so that it is refused soon after this time. */
export const COMMAND_TIMEOUT_MS = 1200;

/** A master that was made a replica: whoever asks again where the master is finds the new one. */
const isDemoted = (error: Error) => /\bREADONLY\b/.test(error.message);
const RECONNECT = 1;
const RECONNECT_AND_SEND_AGAIN = 2;

/**
 * A connection that answers requests: while Redis is away or silent every command is refused within 2 s, so that the
 * caller can say so in time.
 * @param url see `parseRedisUrl`
 */
export function connectForRequests(url: string): Redis {
  return connect(
    url,
    {
      enableOfflineQueue: false,
      // What was refused must not be carried out later, behind the caller's back.
      autoResendUnfulfilledCommands: false,
      maxRetriesPerRequest: 0,
      commandTimeout: COMMAND_TIMEOUT_MS,
      connectTimeout: 1500,
      socketTimeout: 5000,
      reconnectOnError: (error) => isDemoted(error) && RECONNECT,
    },
    // Each command finds its own node and is refused on its own, at once: it is not tried again elsewhere.
    { enableOfflineQueue: false, retryDelayOnFailover: 0, retryDelayOnClusterDown: 0 },
  );
}

/**
 * A connection of a worker, which waits for Redis as long as it takes; a silent one is dropped after 8 s.
 * @param url see `parseRedisUrl`
 */
export function connectForWork(url: string): Redis {
  return connect(
    url,
    {
      maxRetriesPerRequest: null,
      connectTimeout: 5000,
      socketTimeout: 8000,
      reconnectOnError: (error) => isDemoted(error) && RECONNECT_AND_SEND_AGAIN,
    },
    { maxRedirections: Infinity, retryDelayOnFailover: 200, retryDelayOnClusterDown: 200, retryDelayOnMoved: 50 },
  );
}

export interface RedisProblem {
  message: string;
  /** Whether it drops what was accepted while the server runs, and not only when it crashes. */
  losesData: boolean;
}

/**
 * What of the settings of a server, or of any node of a cluster, may lose what was accepted; empty where all is well.
 * Source: `INFO` (`maxmemory_policy`, `aof_enabled`; `min_slaves_good_slaves` is there where replicas are asked for) and
 * `CONFIG GET appendfsync`, of which nothing is said where the server forbids it, as managed ones do.
 */
export async function durabilityProblems(redis: RedisConnection): Promise<RedisProblem[]> {
  const servers = "nodes" in redis ? redis.nodes() : [redis];
  const problems = (await Promise.all(servers.map(problemsOfServer))).flat();
  return [...new Map(problems.map((problem) => [problem.message, problem])).values()];
}

async function problemsOfServer(server: Redis): Promise<RedisProblem[]> {
  const info = await server.info("everything");
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
  } else {
    const fsync = await appendFsync(server);
    if (fsync !== undefined && fsync !== "always") {
      problems.push({
        message: `Redis has appendfsync ${fsync}: a crash loses what was accepted last (appendfsync always)`,
        losesData: false,
      });
    }
  }
  if (Number(value("connected_slaves")) > 0 && value("min_slaves_good_slaves") === undefined) {
    problems.push({
      message:
        "Redis accepts writes with no replica in reach: a failover may lose what was accepted (min-replicas-to-write 1)",
      losesData: false,
    });
  }
  return problems;
}

/** When the append-only file reaches the disk; undefined where the server does not tell. */
async function appendFsync(server: Redis): Promise<string | undefined> {
  try {
    const reply: unknown = await server.config("GET", "appendfsync");
    return Array.isArray(reply) && typeof reply[1] === "string" ? reply[1] : undefined;
  } catch (error) {
    if (isRedisUnavailable(error)) throw error;
    return undefined;
  }
}

/** There is no connection to ask over, and none is waited for. */
export class RedisAwayError extends Error {
  override name = "RedisAwayError";

  constructor() {
    super("Redis is not connected");
  }
}

/** Replies of a server that cannot serve right now: loading, full, a replica, a cluster in disorder, saving failed. */
const CANNOT_SERVE = /^(LOADING|OOM|READONLY|UNBLOCKED|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|NOREPLICAS|MISCONF|BUSY)\b/;
const CONNECTION_FAILED =
  /^(Connection is closed|All sentinels are unreachable|Stream isn't writeable|Command timed out|Socket timeout|connect |read |write )/;
const CLUSTER_FAILED =
  /^(Cluster isn't ready|None of startup nodes|Failed to refresh slots cache|Too many Cluster redirections)/;

/** Whether an error says that Redis is away, silent or unable to serve, rather than that a command was wrong. */
export function isRedisUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error.name === "ReplyError") return CANNOT_SERVE.test(error.message);
  return (
    error instanceof RedisAwayError ||
    error.name === "MaxRetriesPerRequestError" ||
    error.name === "AbortError" ||
    CONNECTION_FAILED.test(error.message) ||
    CLUSTER_FAILED.test(error.message)
  );
}
