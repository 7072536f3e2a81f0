export { createTestCore, type TestCore, type TestCoreOptions } from "./core.fixture.ts";
export { type Proxy, startProxy } from "./proxy.fixture.ts";
export { randomNumber, randomNumberEndingIn } from "./numbers.fixture.ts";
export { type ClusterSetup, startCluster } from "./cluster.fixture.ts";
export { freePort, type RedisServer, redisServerBinary, startRedisServer, until } from "./redis-server.fixture.ts";
export { type SentinelOptions, type SentinelSetup, startSentinels } from "./sentinel.fixture.ts";
export { findInRedis } from "./scan.fixture.ts";
export { drip, type Dripped } from "./drip.fixture.ts";
export { idleQueue } from "./idle-queue.fixture.ts";
