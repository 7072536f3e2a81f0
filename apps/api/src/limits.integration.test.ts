import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { hashApiKey, KEY_HASH_PREFIX } from "@watchword/config";
import { createTestCore, freePort } from "@watchword/otp-core/testing";
import { afterAll, describe, expect, onTestFinished, test } from "vitest";

const program = fileURLToPath(new URL("limits.ts", import.meta.url));
const core = await createTestCore();
afterAll(() => core.close());

async function limits(args: string[], env: Record<string, string> = {}) {
  const begun = performance.now();
  const child = spawn(process.execPath, ["--conditions=watchword-source", program, ...args], {
    // No setting of this machine gets in.
    env: { PATH: process.env["PATH"], WATCHWORD_ENV: "development", REDIS_URL: core.redisUrl, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const [said, errors, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  return { said, errors, code: code as number | null, tookMs: performance.now() - begun };
}

/** A file of one application, gone with the test. */
function applicationsFile(id: string): string {
  const folder = mkdtempSync(join(tmpdir(), "watchword-limits-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, "applications.json");
  writeFileSync(
    file,
    JSON.stringify({
      applications: [{ id, brand: "Shop", api_key_hashes: [KEY_HASH_PREFIX + hashApiKey("ww_shop_key_of_the_tests")] }],
    }),
  );
  return file;
}

describe("without a Redis that answers, the command ends soon with one line that says so", () => {
  test("when nothing listens", async () => {
    const port = await freePort();
    const { said, errors, code, tookMs } = await limits(["list"], { REDIS_URL: `redis://:pw@127.0.0.1:${port}` });
    expect(errors).toBe(
      `Redis is not reachable, so nothing was done: connect ECONNREFUSED 127.0.0.1:${port}. REDIS_URL says where it is.\n`,
    );
    expect({ said, code }).toEqual({ said: "", code: 1 });
    expect(tookMs).toBeLessThan(15_000);
  });

  test("when something listens and says nothing", async () => {
    const silent = createServer((socket) => void socket.on("error", () => undefined)).listen(0, "127.0.0.1");
    await once(silent, "listening");
    onTestFinished(() => void silent.close());
    const address = silent.address();
    const port = typeof address === "object" && address ? address.port : 0;
    const { errors, code } = await limits(["lift", "--policy", "budget"], { REDIS_URL: `redis://127.0.0.1:${port}` });
    expect(errors).toMatch(/^Redis is not reachable, so nothing was done: .*\n$/);
    expect(code).toBe(1);
  });

  test("when no Sentinel is there", async () => {
    const port = await freePort();
    const { errors, code } = await limits(["list"], { REDIS_URL: `redis+sentinel://127.0.0.1:${port}/watchword` });
    expect(errors).toMatch(/^Redis is not reachable, so nothing was done: .*\n$/);
    expect(code).toBe(1);
  });
});

test.each(["--help", "-h"])("%s says how it is used, without a Redis", async (flag) => {
  const { said, errors, code } = await limits([flag], { REDIS_URL: `redis://127.0.0.1:${await freePort()}` });
  expect(said).toContain("limits lift --policy <name> --country GB");
  expect({ errors, code }).toEqual({ errors: "", code: 0 });
});

test("with a Redis, what was decided is listed, and lifting says whether anything stood against it", async () => {
  const nothing = { code: 0, errors: "" };
  expect(
    await limits(["list", "--application", "shop"], { APPLICATIONS_FILE: applicationsFile("shop") }),
  ).toMatchObject({ ...nothing, said: "No limit of the application shop has decided against anything.\n" });
  expect(await limits(["lift", "--number", "+14155559876"])).toMatchObject({
    ...nothing,
    said: "Nothing stood against it.\n",
  });
});

describe("what is not there is refused before Redis is asked, not taken for good news:", () => {
  test.each([
    ["a country", ["lift", "--policy", "country-1h", "--country", "ZZZ"], "ZZZ is none"],
    ["a country of two letters", ["lift", "--policy", "breaker-country", "--country", "zz"], "ZZ is none"],
    ["a filter of the list", ["list", "--policy", "prefix"], "limits list takes no --policy"],
    ["a count that is none", ["list", "--count", "0"], "--count must be a whole number from 1 to 1000"],
    ["a count of more than are kept", ["list", "--count", "99999999999999999999"], "from 1 to 1000"],
    ["a number", ["lift", "--number", "04155550123"], "write it as + and digits"],
    ["an address", ["lift", "--policy", "address", "--client-ip", "203.0.113"], "--client-ip must be an address"],
    ["an application", ["list", "--application", "nosuch"], "There is no application nosuch; there are default"],
    [
      "an application to lift for",
      ["lift", "--number", "+14155550123", "--application", "nosuch"],
      "no application nosuch",
    ],
  ])("%s", async (_what, args, message) => {
    const { said, errors, code } = await limits(args, { REDIS_URL: `redis://127.0.0.1:${await freePort()}` });
    expect(errors).toContain(message);
    expect(errors).not.toContain("Redis");
    expect({ said, code }).toEqual({ said: "", code: 1 });
  });

  test("an application that APPLICATIONS_FILE does not name", async () => {
    const { errors, code } = await limits(["list"], { APPLICATIONS_FILE: applicationsFile("shop") });
    expect(errors).toBe("There is no application default; there are shop\n");
    expect(code).toBe(1);
  });
});
