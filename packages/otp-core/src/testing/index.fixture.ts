export { createTestCore, type TestCore, type TestCoreOptions } from "./core.fixture.ts";
export { type Proxy, startProxy } from "./proxy.fixture.ts";
export { randomNumber, randomNumberEndingIn } from "./numbers.fixture.ts";
export { findInRedis } from "./scan.fixture.ts";
