import type { Redis } from "ioredis";
import { applicationPrefix } from "../store/keys.ts";
import { fromDigits, toDigits } from "./digits.fixture.ts";

const DAY_SECONDS = 86_400;

async function ageExpiry(redis: Redis, key: string, seconds: number): Promise<void> {
  const left = (await redis.pttl(key)) - seconds * 1000;
  await (left > 0 ? redis.pexpire(key, left) : redis.del(key));
}

/** Events of addresses and areas, whose times are told from the bucket that they are in. */
async function ageBucket(redis: Redis, key: string, seconds: number): Promise<() => Promise<void>> {
  const [, start = "", window, index, shard] = /^(.*:[ap]:)(\d+):(\d+):(.)$/.exec(key) ?? [];
  const windowMs = Number(window) * 1000;
  const fields = Object.entries(await redis.hgetall(key));
  await redis.del(key);
  return async () => {
    for (const [field, events] of fields) {
      for (const [, into = "", note = ""] of events.matchAll(/([?-~]{5})([^?-~]*)/g)) {
        const time = Number(index) * windowMs + fromDigits(into) - seconds * 1000;
        const bucket = `${start}${window}:${Math.floor(time / windowMs)}:${shard}`;
        const kept = await redis.hget(bucket, field);
        await redis.hset(bucket, field, `${kept ?? ""}${toDigits(time % windowMs, into.length)}${note}`);
        await redis.pexpire(bucket, 2 * windowMs);
      }
    }
  };
}

async function ageMinutes(redis: Redis, key: string, seconds: number): Promise<void> {
  const fields = Object.entries(await redis.hgetall(key));
  await redis.del(key);
  for (const [field, count] of fields) {
    await redis.hset(key, `${field[0]}${Number(field.slice(1)) - Math.floor(seconds / 60)}`, count);
  }
}

/** Lets time pass for everything that limits count for an application. */
export async function ageLimits(redis: Redis, applicationId: string, seconds: number): Promise<void> {
  const prefix = applicationPrefix(applicationId);
  const keys = await redis.keys(`${prefix}*`);
  const writes: (() => Promise<void>)[] = [];
  for (const key of keys) {
    const [kind = "", place = ""] = key.slice(prefix.length).split(":");
    if (kind === "a" || kind === "p") writes.push(await ageBucket(redis, key, seconds));
    else if (kind === "b") await ageMinutes(redis, key, seconds);
    else if (kind === "spent")
      await redis.rename(key, `${prefix}spent:${Number(place) - Math.floor(seconds / DAY_SECONDS)}`);
    else await ageExpiry(redis, key, seconds);
    if (kind === "hold") {
      const [until, ...rest] = ((await redis.get(key)) ?? "").split(" ");
      if (rest.length > 0) await redis.set(key, [Number(until) - seconds * 1000, ...rest].join(" "), "KEEPTTL");
    }
  }
  for (const write of writes) await write();
}
