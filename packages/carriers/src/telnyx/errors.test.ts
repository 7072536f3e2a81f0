import { expect, test } from "vitest";
import { telnyxCallOver, telnyxErrors, telnyxStatuses } from "./errors.ts";

test("every code of the table is one of Telnyx's five-digit codes", () => {
  for (const code of Object.keys(telnyxErrors)) expect(code).toMatch(/^\d{5}$/);
});

test("every status of the table is a client error, or the one server error that is definite", () => {
  for (const status of Object.keys(telnyxStatuses).map(Number)) {
    expect(status === 503 || (status >= 400 && status < 500)).toBe(true);
  }
});

test.each([
  [422, "90018", "call_ended"],
  [422, "90015", "call_not_found"],
  [404, "10005", "call_not_found"],
  [404, "", "call_not_found"],
  [422, "90034", undefined],
  [422, "constructor", undefined],
])("a command refused with %i and %j came too late: %s", (status, code, reason) => {
  expect(telnyxCallOver(status, code)).toBe(reason);
});

test("reasons are stable words of ours, without any text of the carrier", () => {
  for (const { reason } of [...Object.values(telnyxErrors), ...Object.values(telnyxStatuses)]) {
    expect(reason).toMatch(/^[a-z]+(_[a-z]+)*$/);
  }
});

// The facts of Telnyx's error lists once more, so that a slip in the table shows.
test.each([
  ["temporary", ["40006", "40008", "10007", "90034"]],
  ["rate_limited", ["40002", "40005", "40011", "40014", "40016", "40017", "40018", "40318", "10011"]],
  ["permanent", ["40001", "40003", "40010", "40300", "40314", "40322", "40012", "40013", "40309", "40310"]],
  ["permanent", ["40020", "40320"]], // held for a day: longer than any code lives
  ["misconfigured", ["40015", "40019", "40315", "40329", "40333", "40305", "10009"]],
])("what Telnyx lists as %s is treated so: %j", (kind, codes) => {
  expect(codes.map((code) => telnyxErrors[code]?.kind)).toEqual(codes.map(() => kind));
});
