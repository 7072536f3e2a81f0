import { expect } from "vitest";

/** Waits for what takes other processes and a slow machine a while, but not the passing of a set time. */
export const expectSoon = <T>(probe: () => T | Promise<T>): ReturnType<typeof expect.poll<T>> =>
  expect.poll(probe, { timeout: 15_000, interval: 20 });
