import { describe, expect, test } from "vitest";
import { createLoginThrottle } from "./login-throttle.ts";

const MINUTE = 60_000;

function throttled() {
  let ms = 0;
  const throttle = createLoginThrottle(() => ms);
  const wrong = (times: number, address = "10.0.0.1", user = "operator") => {
    for (let count = 0; count < times; count += 1) throttle.wrong(address, user);
  };
  const minutes = (address = "10.0.0.1", user = "operator") => throttle.waitMs(address, user) / MINUTE;
  return { wrong, minutes, pass: (more: number) => (ms += more * MINUTE) };
}

describe("ten wrong logins of one address and user", () => {
  test("within 15 minutes make them wait until the first is 15 minutes old", () => {
    const { wrong, minutes, pass } = throttled();
    wrong(1);
    pass(5);
    wrong(8);
    expect(minutes()).toBe(0);
    pass(1);
    wrong(1);
    expect(minutes()).toBe(9);
    pass(9);
    expect(minutes()).toBe(0);
    wrong(1);
    expect(minutes()).toBe(5);
  });

  test("over a longer time do not", () => {
    const { wrong, minutes, pass } = throttled();
    for (let count = 0; count < 40; count += 1) {
      wrong(1);
      pass(2);
      expect(minutes()).toBe(0);
    }
  });

  test("concern no other address and no other user", () => {
    const { wrong, minutes } = throttled();
    wrong(10);
    expect([minutes(), minutes("10.0.0.2"), minutes("10.0.0.1", "viewer")]).toEqual([15, 0, 0]);
  });

  test.each([
    ["2001:db8:1:2::1", "2001:db8:1:2:ffff::9", 15],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::", 15],
    ["2001:db8:1:2::1", "2001:db8:1:3::1", 0],
    ["::1", "::2", 15],
    ["2001:db8::1", "2001:db8:0:1::1", 0],
    ["::ffff:10.0.0.1", "::ffff:10.0.0.2", 0],
    ["::ffff:10.0.0.1", "10.0.0.1", 15],
  ])("concern a network of IPv6 as one address: %s and %s", (one, other, wait) => {
    const { wrong, minutes } = throttled();
    wrong(10, one);
    expect(minutes(other)).toBe(wait);
  });

  test("are not forgotten because somebody made up many names", () => {
    const { wrong, minutes } = throttled();
    wrong(10);
    for (let count = 0; count < 10_100; count += 1) wrong(1, "10.0.0.1", `name ${count}`);
    expect(minutes()).toBe(15);
  });
});
