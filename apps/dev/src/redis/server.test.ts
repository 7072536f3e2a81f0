import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { findServer } from "./server.ts";

function folderWith(file?: string, mode = 0o755): string {
  const path = temporaryFolder();
  if (file) {
    writeFileSync(join(path, file), "");
    chmodSync(join(path, file), mode);
  }
  return path;
}

test("finds the first redis-server on the PATH, and a valkey-server where there is none", () => {
  const redis = folderWith("redis-server");
  const valkey = folderWith("valkey-server");
  expect(findServer([folderWith(), valkey, redis].join(delimiter))).toBe(join(redis, "redis-server"));
  expect(findServer(valkey)).toBe(join(valkey, "valkey-server"));
});

test("what cannot be executed is not a server", () => {
  const plain = folderWith("redis-server", 0o644);
  const nested = folderWith();
  mkdirSync(join(nested, "redis-server"));
  expect(findServer([plain, nested, join(nested, "missing")].join(delimiter))).toBeUndefined();
  expect(findServer(undefined)).toBeUndefined();
});
