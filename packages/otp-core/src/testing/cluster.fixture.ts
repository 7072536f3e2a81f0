import { type RedisServer, startRedisServer, until } from "./redis-server.fixture.ts";

/** Three masters, and a replica of the first one, on loopback. */
export interface ClusterSetup {
  /** For `connectForRequests` and `connectForWork`. */
  url: string;
  masters: readonly RedisServer[];
  /** Serves a third of the slots, from 0 on; it has a replica. */
  first: RedisServer;
  replica: RedisServer;
  close(): Promise<void>;
}

const SLOTS = [
  [0, 5460],
  [5461, 10_922],
  [10_923, 16_383],
] as const;

/** Starts them all; a failover begins a second after the first master falls silent. */
export async function startCluster(): Promise<ClusterSetup> {
  const lines = [
    "cluster-enabled yes",
    "cluster-node-timeout 1000",
    "maxmemory-policy noeviction",
    'save ""',
    "repl-diskless-sync-delay 0",
    // A replica counts once it has heard anything.
    "repl-ping-replica-period 1",
  ];
  const [first, second, third, replica] = await Promise.all([
    startRedisServer({ lines }),
    startRedisServer({ lines }),
    startRedisServer({ lines }),
    startRedisServer({ lines }),
  ]);
  const masters = [first, second, third];
  for (const [index, master] of masters.entries()) {
    const [from = 0, to = 0] = SLOTS[index] ?? [];
    await master.call("CLUSTER", "ADDSLOTSRANGE", String(from), String(to));
    // Nodes whose epochs are the same settle that first.
    await master.call("CLUSTER", "SET-CONFIG-EPOCH", String(index + 1));
  }
  const nodes = [...masters, replica];
  // Each one every other: hearing of them from others takes longer.
  for (const node of nodes) {
    for (const { port } of nodes) if (port !== node.port) await node.call("CLUSTER", "MEET", "127.0.0.1", String(port));
  }
  const id = String(await first.call("CLUSTER", "MYID"));
  await until("the replica to know its master", async () => {
    return (await replica.call("CLUSTER", "REPLICATE", id)) === "OK";
  });
  for (const node of nodes) {
    await until("the cluster", async () => {
      const info = String(await node.call("CLUSTER", "INFO"));
      const slots = String(await node.call("CLUSTER", "SLOTS"));
      return info.includes("cluster_state:ok") && nodes.every(({ port }) => slots.includes(String(port)));
    });
  }
  await until("the replica's data", async () => (await replica.info("master_link_status")) === "up");
  return {
    url: `redis+cluster://${masters.map(({ port }) => `127.0.0.1:${port}`).join(",")}`,
    masters,
    first,
    replica,
    async close() {
      await Promise.all(nodes.map((node) => node.close()));
    },
  };
}
