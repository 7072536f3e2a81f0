import { APIConnectionError, APIConnectionTimeoutError } from "telnyx";
import { describe, expect, test } from "vitest";
import { outcomeOfError, retryAfterMs } from "./outcome.ts";

const now = Date.UTC(2026, 10, 20, 12);
const coded = (code: string) => Object.assign(new Error("never shown"), { code });
const failedBy = (cause: Error) => outcomeOfError(new APIConnectionError({ cause }), now);

const unreachable = { outcome: "retry", reason: "carrier_unreachable" };
const lost = { outcome: "uncertain", reason: "connection_lost" };

describe("an error of the connection", () => {
  test.each([
    "ENOTFOUND",
    "EAI_AGAIN",
    "ECONNREFUSED",
    "EHOSTUNREACH",
    "ENETUNREACH",
    "UND_ERR_CONNECT_TIMEOUT",
    "CERT_HAS_EXPIRED",
  ])("%s comes before any byte of the request: it may be sent later", (code) => {
    expect(failedBy(coded(code))).toEqual(unreachable);
  });

  test.each(["ECONNRESET", "EPIPE", "UND_ERR_SOCKET", "UND_ERR_BODY_TIMEOUT", "ETIMEDOUT", "", "constructor"])(
    "%j may have come after the request: its fate is unknown",
    (code) => {
      expect(failedBy(coded(code))).toEqual(lost);
    },
  );

  test("is found down its chain of causes and among grouped ones", () => {
    const refused = coded("ECONNREFUSED");
    expect(failedBy(new TypeError("fetch failed", { cause: refused }))).toEqual(unreachable);
    const group = new AggregateError([coded("ECONNREFUSED"), coded("ENETUNREACH")]);
    expect(failedBy(new TypeError("fetch failed", { cause: group }))).toEqual(unreachable);
  });

  test("whose causes go in a circle ends somewhere", () => {
    const circle = new Error("circle");
    circle.cause = circle;
    expect(failedBy(circle)).toEqual(lost);
  });

  test("a time-out leaves the fate of the request unknown", () => {
    expect(outcomeOfError(new APIConnectionTimeoutError(), now)).toEqual({ outcome: "uncertain", reason: "timeout" });
  });
});

test.each([new Error("unforeseen"), new TypeError("x is not a function"), "a string", null, undefined, {}])(
  "whatever else is thrown, %s, may have been thrown after the request: its fate is unknown",
  (thrown) => {
    expect(outcomeOfError(thrown, now)).toEqual({ outcome: "uncertain", reason: "unexpected_answer" });
  },
);

describe("Retry-After", () => {
  test.each([
    ["0", 0],
    ["1", 1000],
    [" 120 ", 120_000],
    ["999999", 999_999_000],
    ["9999999", 9_999_999_000],
    ["9".repeat(400), Number.MAX_SAFE_INTEGER],
    ["Tue, 20 Nov 2096 12:00:00 GMT", 2_209_075_200_000],
    ["Fri, 20 Nov 2026 12:00:30 GMT", 30_000],
    ["Friday, 20-Nov-26 12:01:00 GMT", 60_000],
    ["Fri, 20 Nov 2026 11:00:00 GMT", 0],
  ])("%j is %d ms from now", (value, expected) => {
    expect(retryAfterMs(value, now)).toBe(expected);
  });

  test.each([
    "",
    "soon",
    "NaN",
    "\u0663",
    "-1",
    "-120",
    "+5",
    "1.5",
    "1e3",
    "0x10",
    "5 s",
    "5, 7",
    "Infinity",
    undefined,
    null,
  ])("%j says nothing", (value) => {
    expect(retryAfterMs(value, now)).toBeUndefined();
  });

  test("of 100,000 hostile characters is read to its end", () => {
    const units = ["1", " ", "a", "1 ", "(", "-", "20 Nov ", "\t\n", ","];
    const hostile = units.map((unit) => unit.repeat(100_000 / unit.length));
    for (const text of hostile) {
      expect(() => [text, `${text}!`, ` ${text} `].map((value) => retryAfterMs(value, now))).not.toThrow();
    }
  });
});
