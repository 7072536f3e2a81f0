import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Redis } from "ioredis";

const USES = /^-- Uses: (.*)\n/;

/** Runs one Lua script: its keys, its arguments, and the reply as Redis gives it. */
export type Script = (redis: Redis, keys: string[], args: (string | number)[]) => Promise<unknown>;

/** Loads `lua/<name>.lua`; whoever calls it knows the shape of the reply, which the file documents at its head. */
export function script(name: string): Script {
  const body = scriptText(name);
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

/**
 * A script behind the parts, `lua/parts/<name>.lua`, that its first line says it uses, and that these use. It gets no
 * others: Redis makes each of their functions anew at every call.
 */
export function scriptText(name: string): string {
  const texts = new Map<string, string>();
  function add(path: string): void {
    if (texts.has(path)) return;
    const text = readFileSync(new URL(`lua/${path}.lua`, import.meta.url), "utf8");
    for (const part of USES.exec(text)?.[1]?.split(", ") ?? []) add(`parts/${part}`);
    texts.set(path, text);
  }
  add(name);
  return [...texts.values()].join("\n");
}
