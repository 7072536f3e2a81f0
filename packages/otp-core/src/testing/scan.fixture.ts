import type { Redis } from "ioredis";

const pairs = (found: readonly unknown[]) => found.flat(3).map(String);

/** Everything that a key holds, whatever its type: fields, members, entries and values. */
async function contentsOf(redis: Redis, key: string): Promise<string[]> {
  const type = await redis.type(key);
  switch (type) {
    case "none":
      return [];
    case "string":
      return [(await redis.get(key)) ?? ""];
    case "hash":
      return Object.entries(await redis.hgetall(key)).flat();
    case "list":
      return redis.lrange(key, 0, -1);
    case "set":
      return redis.smembers(key);
    case "zset":
      return redis.zrange(key, 0, "-1", "WITHSCORES");
    case "stream":
      return pairs(await redis.xrange(key, "-", "+"));
    default:
      throw new Error(`the scan cannot read ${key}, a ${type}`);
  }
}

/** Looks for secrets in every key of the database: in its name and in all that it holds. Gives the keys that have one. */
export async function findInRedis(redis: Redis, secrets: readonly string[]): Promise<string[]> {
  const hits = new Set<string>();
  const look = async (key: string) => {
    const texts = [key, ...(await contentsOf(redis, key))];
    if (texts.some((text) => secrets.some((secret) => text.includes(secret)))) hits.add(key);
  };
  for await (const keys of redis.scanStream({ count: 1000 }) as AsyncIterable<string[]>) {
    await Promise.all(keys.map(look));
  }
  return [...hits];
}
