import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { findInRedis } from "@watchword/otp-core/testing";
import { queueNames } from "@watchword/otp-core/queue";
import type { Redis } from "ioredis";
import { Redis as Client } from "ioredis";
import type { App, Stack } from "../chaos/stack.ts";
import type { Run } from "../chaos/run.ts";

/** Between two searches a server may close a connection that is kept, at the moment when it is used again. */
const get = (url: string, headers: Record<string, string> = {}) =>
  fetch(url, { headers: { ...headers, connection: "close" } });

const login = `Basic ${Buffer.from("admin:watchword").toString("base64")}`;
/** Every state that the board shows. */
const STATES = [
  "latest",
  "active",
  "waiting",
  "waiting-children",
  "prioritized",
  "completed",
  "failed",
  "delayed",
  "paused",
];

/** All that Redis is sent from now on, word by word: arguments of scripts never get into its files. */
export async function listen(run: Run, redisUrl: string): Promise<() => string> {
  const heard: string[] = [];
  const redis = new Client(redisUrl);
  const monitor = await redis.monitor();
  // It is ended and started again: both connect anew by themselves.
  for (const connection of [redis, monitor]) connection.on("error", () => undefined);
  monitor.on("monitor", (_time: string, words: string[]) => void heard.push(words.join(" ")));
  run.onEnd(() => {
    monitor.disconnect();
    redis.disconnect();
  });
  return () => heard.join("\n");
}

const filesIn = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

/** The answers of the dashboard's API to everything that can be looked at, by address. */
async function board({ origin }: App): Promise<Map<string, string>> {
  const answers = new Map<string, string>();
  const keep = async (path: string) => {
    const answer = await get(`${origin}${path}`, { authorization: login });
    if (!answer.ok) throw new Error(`${path} answers ${answer.status}`);
    const text = await answer.text();
    answers.set(path, text);
    return text;
  };
  await keep("/api/redis/stats");
  for (const name of queueNames) {
    const ids = new Set<string>();
    for (const state of STATES) {
      const text = await keep(`/api/queues?activeQueue=${name}&status=${state}&page=1&jobsPerPage=1000`);
      const { queues } = JSON.parse(text) as { queues: { name: string; jobs: { id: string }[] }[] };
      for (const job of queues.find((queue) => queue.name === name)?.jobs ?? []) ids.add(job.id);
    }
    for (const id of ids) {
      const job = `/api/queues/${name}/${encodeURIComponent(id)}`;
      // One that is swept away meanwhile is nowhere to be seen.
      await Promise.all([keep(job), keep(`${job}/logs`)]).catch(() => undefined);
    }
    await keep(`/api/queues/${name}/workers`);
  }
  return answers;
}

export interface Watched {
  stack: Stack;
  dashboard: App;
  /** The data of Redis. */
  folder: string;
  heard: () => string;
  /** By process. */
  metrics: Record<string, string>;
  /** What else is to be looked through, by name. */
  others: () => Record<string, string>;
}

/** Looks for any of some texts in everything that Watchword leaves behind; gives the places that have one. */
export async function find(watched: Watched, needles: readonly string[]): Promise<string[]> {
  const { stack, dashboard, folder, heard, metrics, others } = watched;
  const hits: string[] = [];
  const look = (place: string, text: string) => {
    if (needles.some((needle) => text.includes(needle))) hits.push(place);
  };
  for (const [name, url] of Object.entries(metrics)) look(`metrics of ${name}`, await (await get(url)).text());
  for (const [path, text] of await board(dashboard)) look(`dashboard ${path}`, text);
  const keys = await stack.redis.ask((redis: Redis) => findInRedis(redis, needles));
  hits.push(...keys.map((key) => `key ${key}`));
  look("conversation with Redis", heard());
  // In bytes, so that nothing of a file is lost in its reading.
  for (const file of filesIn(folder)) look(`file ${file.slice(folder.length)}`, readFileSync(file, "latin1"));
  const counts = new Map<string, number>();
  for (const { name, lines } of stack.apps) {
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    look(`log of ${name} ${count}`, lines.join("\n"));
  }
  for (const [name, text] of Object.entries(others())) look(name, text);
  return hits;
}
