import { parseRedisUrl } from "@watchword/otp-core/redis-url";
import { expect, test } from "vitest";
import { ConfigError, loadConfig } from "./load.ts";

const hosts = ["a", "a:1", "10.0.0.1:65535", "[::1]:1", "a:1,b:2", "a.example.com,b_c"];
const noHosts = ["", ":1", "a:", "a:0", "a:65536", "a:x", "a,", "a b", "a:1:2", "[::1"];
const logins = ["", "u:p@", ":p@", "u:p:q@", "u%40:%2F+p@"];
const noLogins = ["u@", "u:@", ":@", "u:%@", "u:%zz@", "u:a/b@"];
const sentinelParts = [
  "/main",
  "/my-main_1.x/2",
  "/main/15?sentinel_user=u&sentinel_password=p%26+",
  "/m?sentinel_password=p",
];
const noSentinelParts = [
  "",
  "/",
  "/a b",
  "/main/x",
  "/main/1/2",
  "/main?x=y",
  "/m?sentinel_user=u",
  "/m?sentinel_password=%",
  "/m#x",
];

const every = (kind: string, ...parts: string[][]) =>
  parts.reduce(
    (urls, part) => urls.flatMap((url) => part.map((each) => url + each)),
    [`redis+${kind}://`, `rediss+${kind}://`],
  );

const isTakenByTheConfiguration = (url: string) => {
  try {
    return loadConfig("dashboard", { REDIS_URL: url }).REDIS_URL === url;
  } catch (error) {
    if (error instanceof ConfigError) return false;
    throw error;
  }
};
const isUnderstood = (url: string) => {
  try {
    return parseRedisUrl(url).kind !== "server";
  } catch {
    return false;
  }
};

test("the configuration takes every Redis URL of several hosts that can be connected to", () => {
  for (const url of [...every("sentinel", logins, hosts, sentinelParts), ...every("cluster", logins, hosts)]) {
    expect([url, isTakenByTheConfiguration(url), isUnderstood(url)]).toEqual([url, true, true]);
  }
});

test("and no other", () => {
  const bad = [
    ...every("sentinel", logins, noHosts, sentinelParts),
    ...every("sentinel", noLogins, hosts, sentinelParts),
    ...every("sentinel", logins, hosts, noSentinelParts),
    ...every("cluster", logins, noHosts),
    ...every("cluster", noLogins, hosts),
    ...every("cluster", logins, hosts, sentinelParts),
    ...every("other", logins, hosts),
  ];
  for (const url of bad) expect([url, isTakenByTheConfiguration(url), isUnderstood(url)]).toEqual([url, false, false]);
});
