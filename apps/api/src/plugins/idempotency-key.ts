import { WatchwordError } from "@watchword/otp-core";

const HEADER = "Idempotency-Key";
const MAX_CHARACTERS = 255;
/** A string of structured fields (RFC 9651, section 3.3.3). */
const QUOTED = /^"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"$/;
const KEY = new RegExp(`^[\\x20-\\x7e]{1,${MAX_CHARACTERS}}$`);

/**
 * The value of `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header-07): a string of structured fields, or the
 * key as it is, which is what most clients send. Both ways of writing a key are the same key.
 * @param sent each line of the header that came
 * @throws {WatchwordError} `invalid_request`.
 */
export function parseIdempotencyKey(sent: readonly string[]): string {
  const [value = "", another] = sent;
  if (another !== undefined) throw malformed("must be sent once");
  const quoted = QUOTED.exec(value)?.[1];
  const bare = value.startsWith('"') ? "" : value;
  const key = quoted === undefined ? bare : quoted.replaceAll(/\\(.)/g, "$1");
  if (!KEY.test(key)) throw malformed(`must be 1 to ${MAX_CHARACTERS} printable ASCII characters, bare or in quotes`);
  return key;
}

const malformed = (message: string) =>
  new WatchwordError("invalid_request", `${HEADER} ${message}`, { errors: [{ field: HEADER, message }] });

/** How the header stands in the OpenAPI document. */
export const idempotencyKeyHeader = {
  type: "object",
  properties: {
    [HEADER]: {
      type: "string",
      minLength: 1,
      maxLength: MAX_CHARACTERS,
      examples: ["8e03978e-40d5-43dd-bc93-6894a57f9324"],
      description:
        "Makes it safe to send this request again: for 24 hours the same request with the same key is answered as it was the first time, with `Idempotency-Replayed: true`. While the first is not answered it is 409 `idempotency_in_progress`, and another request with the key is 422 `idempotency_conflict`. A request that was answered 429 or 5xx is carried out again, and one refused as malformed holds no key.",
    },
  },
} as const;
