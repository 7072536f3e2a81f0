import { expect, test } from "vitest";
import { isRedisUnavailable } from "./redis.ts";

const named = (name: string, message: string) => Object.assign(new Error(message), { name });

test.each([
  named("ReplyError", "LOADING Redis is loading the dataset in memory"),
  named("ReplyError", "OOM command not allowed when used memory > 'maxmemory'."),
  named("ReplyError", "READONLY You can't write against a read only replica."),
  named("ReplyError", "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'."),
  named("ReplyError", "CLUSTERDOWN The cluster is down"),
  named("ReplyError", "MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist"),
  named("ReplyError", "BUSY Redis is busy running a script."),
  named("MaxRetriesPerRequestError", "Reached the max retries per request limit (which is 1)."),
  named("AbortError", "Command aborted due to connection close"),
  named("Error", "Connection is closed."),
  named("Error", "Command timed out"),
  named("Error", "Socket timeout. Expecting data, but didn't receive any in 5000ms."),
  named("Error", "Stream isn't writeable and enableOfflineQueue options is false"),
  named("Error", "connect ECONNREFUSED 127.0.0.1:6379"),
  named("Error", "read ECONNRESET"),
  named("Error", "write EPIPE"),
])("$name: $message says that Redis cannot serve", (error) => {
  expect(isRedisUnavailable(error)).toBe(true);
});

test.each([
  named("ReplyError", "WRONGTYPE Operation against a key holding the wrong kind of value"),
  named("ReplyError", "NOSCRIPT No matching script. Please use EVAL."),
  named("ReplyError", "ERR Error running script: attempt to compare nil with number"),
  named("ReplyError", "ERR the text LOADING further on"),
  new TypeError("connection is undefined"),
  new SyntaxError("Unexpected token"),
])("$name: $message is a fault of ours, or no fault", (error) => {
  expect(isRedisUnavailable(error)).toBe(false);
});

test.each([undefined, null, "Command timed out", { message: "Command timed out" }, 503])("%j is no error", (thrown) => {
  expect(isRedisUnavailable(thrown)).toBe(false);
});
