import { describe, expect, test } from "vitest";
import { carriers } from "./registry.ts";

describe.each(Object.entries(carriers))("the carrier %s", (name, carrier) => {
  test("has a name fit for a queue and a URL", () => {
    expect(name).toMatch(/^[a-z][a-z0-9]*$/);
  });

  const options = { apiKey: "any", baseUrl: "http://127.0.0.1:9/v2", timeoutMs: 1000, connections: 1 };

  test("neither connects nor fails when its sender is made, and closes without having been used", async () => {
    await expect(carrier.createSmsSender(options).close()).resolves.not.toThrow();
  });

  test("nor when its caller is made", async () => {
    await expect(carrier.createCaller({ ...options, connectionId: "any" }).close()).resolves.not.toThrow();
  });
});
