import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { hashApiKey, KEY_HASH_PREFIX, makeApiKey } from "@watchword/config";
import { freePort } from "@watchword/otp-core/testing";
import { expect, inject, onTestFinished, test } from "vitest";

/** The API as a process of its own. */
async function runApi(environment: Record<string, string>) {
  const port = await freePort();
  const main = fileURLToPath(new URL("main.ts", import.meta.url));
  const child = spawn(process.execPath, ["--conditions=watchword-source", main], {
    env: { PATH: process.env["PATH"], REDIS_URL: inject("redisUrl"), API_PORT: String(port), ...environment },
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const logged = (text: string, times = 1) =>
    expect.poll(() => output.split(text).length - 1, { timeout: 20_000 }).toBe(times);
  await logged('"msg":"api ready"');
  return {
    child,
    logged,
    output: () => output,
    statusWith: async (key: string) =>
      (await fetch(`http://127.0.0.1:${port}/v1/verifications/vf_x`, { headers: { authorization: `Bearer ${key}` } }))
        .status,
  };
}

test("SIGHUP brings a running API its new applications, and a bad file none", async () => {
  const folder = mkdtempSync(join(tmpdir(), "watchword-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "applications.json");
  const [first, second, ofEnvironment] = [makeApiKey(), makeApiKey(), makeApiKey()];
  const write = (key: string, more = {}) => {
    const application = { id: "shop", brand: "Shop", api_key_hashes: [KEY_HASH_PREFIX + hashApiKey(key)], ...more };
    writeFileSync(file, JSON.stringify({ applications: [application] }));
  };
  write(first);
  const api = await runApi({ APPLICATIONS_FILE: file, API_KEY: ofEnvironment });
  const statuses = async () => [
    await api.statusWith(first),
    await api.statusWith(second),
    await api.statusWith(ofEnvironment),
  ];
  expect(await statuses()).toEqual([404, 401, 401]);

  write(second, { code: { length: 99 } });
  api.child.kill("SIGHUP");
  await api.logged("applications stay as they were");
  expect(api.output()).toContain("applications[0].code.length must be a whole number from 4 to 10");
  expect(await statuses()).toEqual([404, 401, 401]);

  write(second);
  api.child.kill("SIGHUP");
  await api.logged("applications loaded again");
  expect(await statuses()).toEqual([401, 404, 401]);
  for (const key of [first, second, hashApiKey(first), hashApiKey(second)]) expect(api.output()).not.toContain(key);

  const ended = once(api.child, "exit");
  api.child.kill("SIGTERM");
  expect(await ended).toEqual([0, null]);
});
