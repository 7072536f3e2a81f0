import fc from "fast-check";
import { brokenBodies, hostileValues } from "./hostile.fixture.ts";

/** Stands in every value that is made up: what is answered must not hold it. */
export const SECRET = "zQ7hVx2K";

const addressParts = [..."abc%/.?#;=&+~:@\\|<>{}\"'_-".split(""), "%2f", "%00"];

export interface MadeUpRequest {
  /** In place of an id, ready for an address. */
  id: string;
  query: string;
  headers: Record<string, string>;
  body: string | Buffer | undefined;
}

const strings = hostileValues.filter((value) => typeof value === "string");
const text = fc
  .oneof(
    fc.string({ unit: "binary", maxLength: 64 }),
    fc.string({ unit: "grapheme", maxLength: 64 }),
    fc.constantFrom(...strings),
    fc
      .constantFrom("\u202e", "\u0000", "\r\n", "٣", "•", "\ud800", "%", "{", "+", " ")
      .map((part) => part.repeat(2000)),
  )
  .map((part) => part + SECRET);

const nested = fc.integer({ min: 1, max: 500 }).map((depth) => {
  let value: unknown = SECRET;
  for (let i = 0; i < depth; i += 1) value = i % 2 === 0 ? [value] : { a: value };
  return value;
});
const value = fc.oneof(
  { weight: 4, arbitrary: text },
  { weight: 2, arbitrary: fc.constantFrom<unknown>(...hostileValues) },
  fc.jsonValue({ maxDepth: 4 }),
  fc.double(),
  fc.bigInt().map(String),
  nested,
);

/** A body with some of these fields, right in kind or not, and perhaps with others. */
const bodyOf = (fields: readonly string[]) => {
  const names = fc.oneof(fc.constantFrom("__proto__", "constructor", "toJSON", "length", "", "then"), fc.string());
  const known = Object.fromEntries(fields.map((name) => [name, value]));
  return fc.oneof(
    { weight: 4, arbitrary: fc.record(known, { requiredKeys: [] }).map((body) => JSON.stringify(body)) },
    {
      weight: 2,
      arbitrary: fc
        .tuple(fc.record(known, { requiredKeys: [] }), fc.dictionary(names, value, { maxKeys: 4 }))
        .map(([body, more]) =>
          JSON.stringify(body).replace(
            /\}$/,
            `${Object.keys(body).length > 0 ? "," : ""}${JSON.stringify(more).slice(1)}`,
          ),
        ),
    },
    fc.constantFrom(...brokenBodies),
    fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
    value.map((body) => JSON.stringify(body) ?? ""),
    text,
  );
};

const types = [
  "application/json",
  "application/json; charset=utf-8",
  "application/json; charset=utf-7",
  "APPLICATION/JSON",
  "application/json;;;=",
  "application/jsonx",
  "application/x-www-form-urlencoded",
  "multipart/form-data; boundary=x",
  "text/plain",
  "*/*",
  "",
];
const fieldNames = [
  "accept",
  "accept-encoding",
  "accept-language",
  "content-encoding",
  "cookie",
  "expect",
  "forwarded",
  "idempotency-key",
  "if-none-match",
  "origin",
  "range",
  "telnyx-signature-ed25519",
  "telnyx-timestamp",
  "traceparent",
  "user-agent",
  "x-forwarded-for",
  "x-forwarded-host",
  "x-http-method-override",
  "x-request-id",
];
/** A server hands on what Latin-1 can say. */
const fieldText = text.map((part) => Buffer.from(part.slice(-200)).toString("latin1"));

/** Requests to a route: mostly with the key, so that they get somewhere. */
export const madeUpRequests = (
  key: string,
  ids: readonly string[],
  fields: readonly string[],
): fc.Arbitrary<MadeUpRequest> =>
  fc.record({
    id: fc
      .oneof(
        { weight: 3, arbitrary: fc.constantFrom(...ids) },
        text.filter((part) => part.isWellFormed()).map((part) => encodeURIComponent(part.slice(-300))),
        fc.string({ unit: fc.constantFrom(...addressParts), maxLength: 40 }),
      )
      // A client cannot even say the others.
      .filter((id) => URL.canParse(`/${id}?`, "http://localhost")),
    query: fc.oneof(
      { weight: 3, arbitrary: fc.constant("") },
      fc.webQueryParameters().map((query) => `?${query}`),
      fc.constant(`?__proto__[x]=${SECRET}&constructor=1&to=%00`),
    ),
    headers: fc
      .tuple(
        fc.oneof(
          { weight: 8, arbitrary: fc.constant({ authorization: `Bearer ${key}` }) },
          fc.constant({}),
          fieldText.map((given) => ({ authorization: `Bearer ${given}` })),
        ),
        fc.oneof({ weight: 8, arbitrary: fc.constant("application/json") }, fc.constantFrom(...types)),
        fc.dictionary(fc.constantFrom(...fieldNames), fieldText, { maxKeys: 4 }),
      )
      .map(([authorization, type, more]) => ({ ...more, ...(type && { "content-type": type }), ...authorization })),
    body: fc.oneof({ weight: 9, arbitrary: bodyOf(fields) }, fc.constant(undefined)),
  });
