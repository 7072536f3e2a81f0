import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { hashApiKey } from "@watchword/config";
import { describe, expect, test } from "vitest";

const program = fileURLToPath(new URL("make-key.ts", import.meta.url));

function makeKey(args: string[], input = "") {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--conditions=watchword-source", program, ...args], {
    input,
    encoding: "utf8",
    env: { PATH: process.env["PATH"] },
  });
  return { status, stdout, stderr };
}

describe("the command for keys", () => {
  test("makes a key of its own each time, and prints it with its hash and nothing else", () => {
    const [first, second] = [makeKey([]), makeKey([])];
    for (const { status, stdout, stderr } of [first, second]) {
      const [key = "", hash, ...rest] = stdout.split("\n");
      expect(key).toMatch(/^ww_[\w-]{43}$/);
      expect([hash, rest, status, stderr]).toEqual([`sha256:${hashApiKey(key)}`, [""], 0, ""]);
    }
    expect(first.stdout).not.toBe(second.stdout);
  });

  test("prints the hash alone of a key that it is given", () => {
    const key = "k".repeat(24);
    expect(makeKey(["--stdin"], `${key}\n`)).toEqual({ status: 0, stdout: `sha256:${hashApiKey(key)}\n`, stderr: "" });
  });

  test.each([["short"], ["two words that are long enough"], [""]])("refuses %j as a key, without showing it", (key) => {
    const { status, stdout, stderr } = makeKey(["--stdin"], key);
    expect([status, stdout]).toEqual([1, ""]);
    expect(stderr).toContain("24 to 256");
    if (key !== "") expect(stderr).not.toContain(key);
  });

  test("explains itself", () => {
    const { status, stdout } = makeKey(["--help"]);
    expect(status).toBe(0);
    expect(stdout).toContain("api_key_hashes");
    expect(makeKey(["--colour"])).toMatchObject({ status: 1, stdout: "" });
  });
});
