import { describe, expect, test } from "vitest";
import { message, senderTo, startServer } from "./answering-server.fixture.ts";
import { type CarrierErrorKind, telnyxErrors, telnyxStatuses } from "./errors.ts";

interface Answer {
  status: number;
  headers?: Record<string, string>;
  body?: string;
}

const problem = (code: unknown) =>
  JSON.stringify({ errors: [{ code, title: "Carrier's title", detail: "+14155550123" }] });

/** The outcome of one message, and how many requests it took. */
async function sendTo({ status, headers, body }: Answer) {
  const { baseUrl, requests } = await startServer((response) => {
    response.writeHead(status, { "content-type": "application/json", ...headers }).end(body);
  });
  const result = await senderTo(baseUrl).send(message);
  return { result, requests: requests.length };
}
const outcomeOf = async (answer: Answer) => (await sendTo(answer)).result;

const outcomeOfKind: Record<CarrierErrorKind, string> = {
  temporary: "retry",
  rate_limited: "retry",
  permanent: "failed",
  misconfigured: "failed",
};

describe("a refusal with one of Telnyx's codes", () => {
  test.each(Object.entries(telnyxErrors))("%s is what its row says", async (carrierCode, { kind, reason }) => {
    expect(await outcomeOf({ status: 400, body: problem(carrierCode) })).toEqual({
      outcome: outcomeOfKind[kind],
      reason,
      carrierCode,
    });
  });

  test("may have it as a number", async () => {
    expect(await outcomeOf({ status: 400, body: problem(40310) })).toMatchObject({ reason: "invalid_number" });
  });

  test.each(["99999", "", "constructor", "toString", "__proto__", "hasOwnProperty"])(
    "that is not in the table, %j, is judged by its status",
    async (code) => {
      expect(await outcomeOf({ status: 400, body: problem(code) })).toMatchObject({
        outcome: "failed",
        reason: "invalid_request",
      });
    },
  );
});

test("an answer without end is not read to its end: whether the message was taken is uncertain", async () => {
  let written = 0;
  const { baseUrl } = await startServer((response) => {
    response.writeHead(200, { "content-type": "application/json" });
    const blanks = Buffer.alloc(64 * 1024, " ");
    const more = () => {
      do written += blanks.length;
      while (!response.destroyed && response.write(blanks));
    };
    response.on("drain", more);
    more();
  });
  expect(await senderTo(baseUrl).send(message)).toEqual({ outcome: "uncertain", reason: "connection_lost" });
  expect(written).toBeGreaterThan(128 * 1024);
});

test("a refusal is one however long it is", async () => {
  const body = JSON.stringify({ padding: "x".repeat(300_000) });
  expect(await outcomeOf({ status: 401, body })).toMatchObject({ outcome: "failed", carrierCode: "HTTP_401" });
});

describe("a refusal without a code", () => {
  test.each(Object.entries(telnyxStatuses).filter(([status]) => status !== "503"))(
    "%s is what its row says",
    async (status, { kind, reason }) => {
      expect(await outcomeOf({ status: Number(status), body: "{}" })).toEqual({
        outcome: outcomeOfKind[kind],
        reason,
        carrierCode: `HTTP_${status}`,
        ...(status === "429" && { pausesQueue: true }),
      });
    },
  );

  test("503 says nothing definite unless the carrier itself says it, in its body or with a time to come back", async () => {
    expect(await outcomeOf({ status: 503, body: "{}" })).toMatchObject({ outcome: "uncertain" });
    expect(await outcomeOf({ status: 503, body: problem("10007") })).toMatchObject({ outcome: "retry" });
    expect(await outcomeOf({ status: 503, headers: { "retry-after": "2" } })).toMatchObject({
      outcome: "retry",
      retryAfterMs: 2000,
    });
  });

  test("of a status that is in no table has surely not been sent", async () => {
    expect(await outcomeOf({ status: 418 })).toEqual({ outcome: "failed", reason: "refused", carrierCode: "HTTP_418" });
  });

  test.each([
    "null",
    "[]",
    '"text"',
    "{",
    '{"errors":null}',
    '{"errors":[]}',
    '{"errors":[null]}',
    '{"errors":[{"code":{}}]}',
  ])("may have the body %s", async (body) => {
    expect(await outcomeOf({ status: 422, body })).toMatchObject({ outcome: "failed", reason: "invalid_request" });
  });
});

describe("a carrier that slows us down", () => {
  const retry = { outcome: "retry", reason: "rate_limited", carrierCode: "10011", pausesQueue: true };
  const limited = (retryAfter: string) =>
    outcomeOf({ status: 429, headers: { "retry-after": retryAfter }, body: problem("10011") });

  test("may say when to come back, in seconds", async () => {
    expect(await limited("7")).toEqual({ ...retry, retryAfterMs: 7000 });
  });

  test("may say it as a date", async () => {
    const result = await limited(new Date(Date.now() + 60_000).toUTCString());
    expect(result).toMatchObject(retry);
    expect(result.outcome === "retry" && result.retryAfterMs).toBeLessThanOrEqual(60_000);
    expect(result.outcome === "retry" && result.retryAfterMs).toBeGreaterThan(50_000);
  });

  test("may say nothing, or nothing that can be read", async () => {
    expect(await outcomeOf({ status: 429, body: problem("10011") })).toEqual(retry);
    expect(await limited("soon")).toEqual(retry);
  });

  test("may be unavailable and say when to come back", async () => {
    expect(await outcomeOf({ status: 503, headers: { "retry-after": "2" }, body: "<html></html>" })).toEqual({
      outcome: "retry",
      reason: "carrier_unavailable",
      carrierCode: "HTTP_503",
      retryAfterMs: 2000,
    });
  });
});

describe("an error of the carrier's own says nothing definite", () => {
  test.each([500, 502, 504, 520])("%i", async (status) => {
    const uncertain = { outcome: "uncertain", reason: "carrier_error" };
    expect(await outcomeOf({ status, body: problem("10007") })).toEqual({ ...uncertain, carrierCode: "10007" });
    expect(await outcomeOf({ status, headers: { "content-type": "text/html" }, body: "<html></html>" })).toEqual({
      ...uncertain,
      carrierCode: `HTTP_${status}`,
    });
  });
});

describe("an acceptance without a message's id is uncertain", () => {
  test.each(["{}", "null", '{"data":null}', '{"data":{}}', '{"data":{"id":""}}', "[]", '"text"', "{", ""])(
    "%j",
    async (body) => {
      expect(await outcomeOf({ status: 200, body })).toEqual({ outcome: "uncertain", reason: "unexpected_answer" });
    },
  );

  test("a page instead of JSON", async () => {
    const answer = { status: 200, headers: { "content-type": "text/html" }, body: "<html></html>" };
    expect(await outcomeOf(answer)).toEqual({ outcome: "uncertain", reason: "unexpected_answer" });
  });
});

test.each([400, 401, 408, 409, 429, 500, 502, 503, 504])(
  "the SDK asks once, and not again after %i",
  async (status) => {
    const { requests } = await sendTo({ status, headers: { "retry-after": "0" }, body: "{}" });
    expect(requests).toBe(1);
  },
);
