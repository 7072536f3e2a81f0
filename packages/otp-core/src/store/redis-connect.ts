import { Cluster, type ClusterOptions, Redis, type RedisOptions } from "ioredis";
import { parseRedisUrl, type RedisLocation } from "./redis-url.ts";

/** Reconnects soon: an outage of any length ends by itself. */
const retryStrategy = (times: number) => Math.min(times * 100, 1000);

/** Half of what a request may take: another Sentinel is asked, or another node. */
const SENTINEL_TIMEOUT_MS = 1000;
/** How soon a change of the cluster is seen that no reply tells of. */
const SLOTS_REFRESH_MS = 5000;

type Options = Omit<RedisOptions, "replyMapping">;

/**
 * Commands that one event brings about are written at once, and others may be under way: ioredis' own pipelining waits
 * for one batch's replies before it writes the next, so that client and server wait for each other.
 */
function writeTogether(redis: Redis): Redis {
  const send = redis.sendCommand.bind(redis);
  redis.sendCommand = (...command) => {
    const { stream } = redis;
    // There is none before the first attempt to connect.
    if (stream?.writableCorked === 0) {
      stream.cork();
      process.nextTick(() => stream.uncork());
    }
    return send(...command);
  };
  return redis;
}

/**
 * Connects to wherever the URL says, and again for ever.
 * @param options of the connection to a server, to each one of a cluster
 * @param clusterOptions of a cluster on top
 */
export function connect(url: string, options: Options, clusterOptions: Omit<ClusterOptions, "redisOptions">): Redis {
  const location = parseRedisUrl(url);
  switch (location.kind) {
    case "server":
      return writeTogether(new Redis(location.url, { ...options, retryStrategy }));
    case "sentinel":
      return writeTogether(new Redis({ ...options, retryStrategy, ...sentinelOptions(location) }));
    case "cluster": {
      const { nodes, tls, login } = location;
      const cluster = new Cluster(nodes, {
        ...clusterOptions,
        redisOptions: { ...options, ...login, ...(tls && { tls: {} }) },
        clusterRetryStrategy: retryStrategy,
        slotsRefreshInterval: SLOTS_REFRESH_MS,
        // A certificate names hosts, not their addresses.
        ...(tls && { dnsLookup: (host, done) => done(null, host) }),
      });
      cluster.on("+node", writeTogether);
      // Whoever is given a connection uses commands and `status` of it alone, which a cluster has too.
      return cluster as unknown as Redis;
    }
  }
}

const sentinelOptions = (location: RedisLocation & { kind: "sentinel" }): Options => ({
  sentinels: location.sentinels,
  name: location.name,
  db: location.db,
  ...location.login,
  sentinelUsername: location.sentinelLogin.username,
  sentinelPassword: location.sentinelLogin.password,
  sentinelRetryStrategy: retryStrategy,
  sentinelCommandTimeout: SENTINEL_TIMEOUT_MS,
  ...(location.tls && { tls: {}, sentinelTLS: {}, enableTLSForSentinelMode: true }),
});
