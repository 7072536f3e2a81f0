import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Redis } from "ioredis";

const source = (name: string) => readFileSync(new URL(`lua/${name}.lua`, import.meta.url), "utf8");
const prelude = source("prelude");
const application = source("application");

/** Runs one Lua script: its keys, its arguments, and the reply as Redis gives it. */
export type Script = (redis: Redis, keys: string[], args: (string | number)[]) => Promise<unknown>;

/** Loads `lua/<name>.lua`; whoever calls it knows the shape of the reply, which the file documents at its head. */
export const script = (name: string): Script => scriptOf(`${prelude}\n${source(name)}`);

/** The same for a script that works in an application's slot. */
export const applicationScript = (name: string): Script => scriptOf(`${prelude}\n${application}\n${source(name)}`);

function scriptOf(body: string): Script {
  const sha = createHash("sha1").update(body).digest("hex");
  return async (redis, keys, args) => {
    try {
      return await redis.evalsha(sha, keys.length, ...keys, ...args);
    } catch (error) {
      if (!(error instanceof Error && error.message.startsWith("NOSCRIPT"))) throw error;
      return redis.eval(body, keys.length, ...keys, ...args);
    }
  };
}
