import { describe, expect, test } from "vitest";
import { parseRedisUrl } from "./redis-url.ts";

const sentinel = {
  kind: "sentinel",
  tls: false,
  sentinels: [{ host: "a", port: 26_379 }],
  sentinelLogin: {},
  name: "main",
  login: {},
  db: 0,
};
const cluster = { kind: "cluster", tls: false, nodes: [{ host: "a", port: 6379 }], login: {} };
const one = (host: string, port: number) => [{ host, port }];

describe("a Redis URL", () => {
  test.each<[string, object]>([
    ["redis://127.0.0.1:6379", { kind: "server", url: "redis://127.0.0.1:6379" }],
    ["rediss://user:p%40ss@h:1/2", { kind: "server", url: "rediss://user:p%40ss@h:1/2" }],
    ["redis+sentinel://a/main", sentinel],
    ["rediss+sentinel://a/main", { ...sentinel, tls: true }],
    [
      "redis+sentinel://10.0.0.1:5000/my-main_1.x",
      { ...sentinel, sentinels: one("10.0.0.1", 5000), name: "my-main_1.x" },
    ],
    ["redis+sentinel://[::1]:5000/main", { ...sentinel, sentinels: one("::1", 5000) }],
    ["redis+sentinel://:pass@a/main/15", { ...sentinel, login: { password: "pass" }, db: 15 }],
    ["redis+sentinel://u:p:a%2Fs%40+s@a/main", { ...sentinel, login: { username: "u", password: "p:a/s@+s" } }],
    ["redis+sentinel://a/main?sentinel_password=p+%26", { ...sentinel, sentinelLogin: { password: "p+&" } }],
    [
      "redis+sentinel://u:p@a:1,b,c.example.com:3/main/2?sentinel_user=s&sentinel_password=t",
      {
        ...sentinel,
        sentinels: [...one("a", 1), ...one("b", 26_379), ...one("c.example.com", 3)],
        sentinelLogin: { username: "s", password: "t" },
        login: { username: "u", password: "p" },
        db: 2,
      },
    ],
    ["redis+cluster://a", cluster],
    [
      "rediss+cluster://u:p@a:7000,b:7001",
      {
        ...cluster,
        tls: true,
        nodes: [...one("a", 7000), ...one("b", 7001)],
        login: { username: "u", password: "p" },
      },
    ],
  ])("%s is read as it is meant", (url, location) => {
    expect(parseRedisUrl(url)).toEqual(location);
  });

  test.each([
    "",
    "http://hunter2",
    "redis+sentinel://hunter2",
    "redis+sentinel://hunter2/",
    "redis+sentinel:///hunter2",
    "redis+sentinel://hunter2/main/x",
    "redis+sentinel://hunter2/main/0/1",
    "redis+sentinel://hunter2:0/main",
    "redis+sentinel://hunter2:65536/main",
    "redis+sentinel://hunter2,/main",
    "redis+sentinel://hunter2@a/main",
    "redis+sentinel://hunter2:@a/main",
    "redis+sentinel://u:%hunter2@a/main",
    "redis+sentinel://a/main?sentinel_user=hunter2",
    "redis+sentinel://a/main?password=hunter2",
    "redis+sentinel://a/main?sentinel_password=hunter2&sentinel_password=hunter2",
    "redis+cluster://hunter2/0",
    "redis+cluster://hunter2?a=b",
    "redis+cluster://hunter2 b",
    "redis+other://hunter2",
  ])("%s is refused, without a word of it", (url) => {
    expect(() => parseRedisUrl(url)).toThrow(/^((?!hunter2).)*$/);
  });
});
