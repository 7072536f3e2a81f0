import { WatchwordError } from "../errors.ts";
import { isRedisUnavailable } from "../store/redis.ts";

/** More than a person or a page asks for at a time. */
const MOST_WAITING = 1000;

interface Line {
  /** Ends with the newest one's work; gives the error where Redis was not there for it. */
  last: Promise<unknown>;
  length: number;
}

const lines = new Map<string, Line>();

/**
 * Requests for one number take turns in a process. The limits of its neighbourhood count a request before the number's
 * own may refuse it: many of them at a time would use those up for others meanwhile. Where Redis is away, whoever waits
 * is told what the one before was: one time-out after another would be too long.
 * @throws {WatchwordError} `unavailable` where too many wait.
 */
export async function inTurn<T>(tag: string, work: () => Promise<T>): Promise<T> {
  const line = lines.get(tag) ?? { last: Promise.resolve(), length: 0 };
  if (line.length === MOST_WAITING)
    throw new WatchwordError("unavailable", "Too much is asked for this number at once: try again.", {
      retryAfterSeconds: 1,
    });
  const after = (outage: unknown) => (outage === undefined ? work() : Promise.reject<T>(outage));
  const result = line.length === 0 ? work() : line.last.then(after);
  lines.set(tag, line);
  line.length += 1;
  const leave = (error?: unknown) => {
    line.length -= 1;
    if (line.length === 0) lines.delete(tag);
    return isRedisUnavailable(error) ? error : undefined;
  };
  line.last = result.then(() => leave(), leave);
  return result;
}
