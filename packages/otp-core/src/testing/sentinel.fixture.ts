import { type RedisServer, startRedisServer, until } from "./redis-server.fixture.ts";

/** A master, its replica and three Sentinels that watch over them, on loopback. */
export interface SentinelSetup {
  /** For `connectForRequests` and `connectForWork`. */
  url: string;
  servers: readonly RedisServer[];
  sentinels: readonly RedisServer[];
  /** Whom the Sentinels hold for the master. */
  master(): Promise<RedisServer>;
  /** Asks the Sentinels to make the replica the master, as before a restart. */
  handOver(): Promise<void>;
  /** Waits until the Sentinels have made another server the master. */
  failover(from: RedisServer): Promise<RedisServer>;
  close(): Promise<void>;
}

const NAME = "watchword-test";
const QUORUM = 2;

export interface SentinelOptions {
  /** Lines of the servers' configuration, e.g. `min-replicas-to-write 1`. */
  lines?: readonly string[];
  /** Of the servers. */
  password?: string;
  sentinelPassword?: string;
}

/** Starts them all; a failover begins half a second after the master falls silent. */
export async function startSentinels(options: SentinelOptions = {}): Promise<SentinelSetup> {
  const { lines = [], password, sentinelPassword } = options;
  const common = ["maxmemory-policy noeviction", 'save ""', "repl-diskless-sync-delay 0", ...lines];
  if (password !== undefined) common.push(`masterauth "${password}"`);
  const first = await startRedisServer({ password, lines: common });
  const replica = await startRedisServer({ password, lines: [...common, `replicaof 127.0.0.1 ${first.port}`] });
  const servers = [first, replica];
  await until("the replica", async () => (await replica.info("master_link_status")) === "up");
  const watch = [
    `sentinel monitor ${NAME} 127.0.0.1 ${first.port} ${QUORUM}`,
    `sentinel down-after-milliseconds ${NAME} 500`,
    `sentinel failover-timeout ${NAME} 3000`,
    ...(password === undefined ? [] : [`sentinel auth-pass ${NAME} "${password}"`]),
  ];
  const sentinels = await Promise.all(
    [1, 2, 3].map(() => startRedisServer({ sentinel: true, password: sentinelPassword, lines: watch })),
  );
  /** What a Sentinel knows of the master, as pairs in a row. */
  const known = async (sentinel: RedisServer) => {
    const pairs = (await sentinel.call("SENTINEL", "MASTER", NAME)) as string[];
    return (name: string) => pairs[pairs.indexOf(name) + 1];
  };
  for (const sentinel of sentinels) {
    await until("the Sentinels to know each other", async () => {
      const value = await known(sentinel);
      return value("num-other-sentinels") === "2" && value("num-slaves") === "1" && value("flags") === "master";
    });
  }
  const master = async () => {
    for (const sentinel of sentinels) {
      const port = await known(sentinel).then(
        (value) => value("port"),
        () => undefined,
      );
      const server = servers.find((each) => String(each.port) === port);
      if (server) return server;
    }
    throw new Error("no Sentinel answers");
  };
  const login = password === undefined ? "" : `:${encodeURIComponent(password)}@`;
  const hosts = sentinels.map(({ port }) => `127.0.0.1:${port}`).join(",");
  const query = sentinelPassword === undefined ? "" : `?sentinel_password=${encodeURIComponent(sentinelPassword)}`;
  return {
    url: `redis+sentinel://${login}${hosts}/${NAME}${query}`,
    servers,
    sentinels,
    master,
    handOver: () => until("a hand-over", async () => (await sentinels[0]?.call("SENTINEL", "FAILOVER", NAME)) === "OK"),
    async failover(from) {
      await until("another master", async () => (await master()) !== from);
      const now = await master();
      await until("the new master", async () => (await now.info("role")) === "master");
      return now;
    },
    async close() {
      await Promise.all([...sentinels, ...servers].map((server) => server.close()));
    },
  };
}
