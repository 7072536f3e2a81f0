import { expect } from "vitest";

/** Waits for what takes a slow machine a while, but not for a set time to pass. */
export const expectSoon = <T>(probe: () => T | Promise<T>, timeout = 25_000): ReturnType<typeof expect.poll<T>> =>
  expect.poll(probe, { timeout, interval: 20 });
