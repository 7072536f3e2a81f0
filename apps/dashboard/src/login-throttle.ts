import { hash } from "node:crypto";
import { addressPlace } from "@watchword/otp-core";

const WRONG_LOGINS = 10;
const WINDOW_MS = 15 * 60 * 1000;
/** Bounds the memory that strangers can use. */
const REMEMBERED = 10_000;

/** Counts wrong logins per client address and user. It is this process's memory: a restart forgets them. */
export interface LoginThrottle {
  /** Milliseconds until another try, 0 where one may be made now. */
  waitMs(address: string, user: string): number;
  wrong(address: string, user: string): void;
}

/** @param now milliseconds on a clock of one's own choosing */
export function createLoginThrottle(now: () => number): LoginThrottle {
  /** When the latest wrong logins were, oldest first; the one that was wrong last stands last. */
  const times = new Map<string, number[]>();
  const keyOf = (address: string, user: string) => `${addressPlace(address)} ${hash("sha256", user, "base64")}`;
  const recent = (key: string) => (times.get(key) ?? []).filter((time) => time > now() - WINDOW_MS);

  const waitOf = (key: string) => {
    const latest = recent(key);
    return latest.length < WRONG_LOGINS ? 0 : (latest[0] ?? 0) + WINDOW_MS - now();
  };

  /** Whoever has to wait is not let off for as long as there is anybody else to forget. */
  const oneToForget = (except: string) => {
    for (const key of times.keys()) if (key !== except && waitOf(key) === 0) return key;
    return times.keys().next().value;
  };

  return {
    waitMs: (address, user) => waitOf(keyOf(address, user)),
    wrong(address, user) {
      const key = keyOf(address, user);
      const latest = [...recent(key), now()];
      times.delete(key);
      times.set(key, latest);
      if (times.size <= REMEMBERED) return;
      const forgotten = oneToForget(key);
      if (forgotten !== undefined) times.delete(forgotten);
    },
  };
}
