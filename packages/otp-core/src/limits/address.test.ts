import { expect, test } from "vitest";
import { addressPlace } from "./address.ts";

test.each([
  ["203.0.113.9", "203.0.113.9"],
  ["::ffff:203.0.113.9", "203.0.113.9"],
  ["::FFFF:cb00:7109", "203.0.113.9"],
  ["0:0:0:0:0:ffff:203.0.113.9", "203.0.113.9"],
  ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
  ["2001:0DB8:0001:0002::", "2001:db8:1:2::/64"],
  ["2001:db8::1", "2001:db8:0:0::/64"],
  ["2001:db8:0:0:ffff:ffff:ffff:ffff", "2001:db8:0:0::/64"],
  ["::", "0:0:0:0::/64"],
  ["::1", "0:0:0:0::/64"],
  ["fe80::1%eth0", "fe80:0:0:0::/64"],
  ["64:ff9b::192.0.2.33", "64:ff9b:0:0::/64"],
])("%s is counted as %s, however it is written", (address, place) => {
  expect(addressPlace(address)).toBe(place);
});

test.each(["", "203.0.113", "203.0.113.9.", "::1::", "unknown", "203.0.113.9, 198.51.100.7", "\n"])(
  "%j is no address",
  (text) => {
    expect(() => addressPlace(text)).toThrow(expect.objectContaining({ code: "invalid_request" }));
  },
);
