import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { repository } from "./home.ts";
import { nodeFlags } from "./node-flags.ts";

test("the containers of the worker start Node with the flags of the stack's worker", () => {
  const compose = readFileSync(join(repository, "docker-compose.yml"), "utf8");
  expect(compose).toContain(`command: [node, ${nodeFlags.worker?.join(", ")}, dist/main.js]`);
});
