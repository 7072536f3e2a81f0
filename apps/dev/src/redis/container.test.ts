import { expect, test } from "vitest";
import { containerRedis } from "./container.ts";

test("a DOCKER_HOST that does not answer is no engine, whatever else runs on this machine", async () => {
  const request = { env: { DOCKER_HOST: "unix:///nonexistent/docker.sock" }, durable: false, say: () => {} };
  expect(await containerRedis(request)).toEqual({ kind: "absent", reason: "no Docker engine answers at DOCKER_HOST" });
});
