import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { WebhookSignatureError } from "../carrier.ts";
import { createSigner, messageEvent, recipient } from "./webhook-signer.fixture.ts";
import { createTelnyxWebhookReader } from "./webhook.ts";

const signer = createSigner();
const reader = createTelnyxWebhookReader(signer.publicKey);
const rawBody = messageEvent({ ...recipient("delivered"), text: "Zoë 王" });

const SIGNATURE = "telnyx-signature-ed25519";
const TIMESTAMP = "telnyx-timestamp";
const now = Math.floor(Date.UTC(2026, 10, 20, 12) / 1000);

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: now * 1000 });
});
afterEach(() => {
  vi.useRealTimers();
});

const read = (body: string, headers: Record<string, string>) => reader.read(body, headers, "dl_1");
describe("a webhook is read", () => {
  test("when the carrier's key has signed its time and body", async () => {
    await expect(read(rawBody, signer.headers(rawBody))).resolves.toMatchObject({ type: "receipt" });
  });

  test("whatever the letters of its headers' names", async () => {
    const headers = Object.entries(signer.headers(rawBody)).map(([name, value]) => [name.toUpperCase(), value]);
    await expect(read(rawBody, Object.fromEntries(headers) as Record<string, string>)).resolves.toMatchObject({
      type: "receipt",
    });
  });

  test.each([-300, -1, 0, 1, 300])("%i s from now", async (offset) => {
    await expect(read(rawBody, signer.headers(rawBody, now + offset))).resolves.toMatchObject({ type: "receipt" });
  });
});

describe("a webhook is refused before anything of it is read", () => {
  test("when another key has signed it", async () => {
    await expect(read(rawBody, createSigner().headers(rawBody))).rejects.toThrow(WebhookSignatureError);
  });

  test.each([-301, -3600, 301, 3600])("%i s from now, though rightly signed", async (offset) => {
    await expect(read(rawBody, signer.headers(rawBody, now + offset))).rejects.toThrow(WebhookSignatureError);
  });

  test("when its body has changed, be it by one space", async () => {
    const headers = signer.headers(rawBody);
    await expect(read(rawBody.replace("delivered", "delivery_failed"), headers)).rejects.toThrow(WebhookSignatureError);
    await expect(read(`${rawBody} `, headers)).rejects.toThrow(WebhookSignatureError);
    await expect(read(JSON.stringify(JSON.parse(rawBody), undefined, 1), headers)).rejects.toThrow(
      WebhookSignatureError,
    );
    await expect(read("", headers)).rejects.toThrow(WebhookSignatureError);
  });

  test("when its time has changed", async () => {
    await expect(read(rawBody, { ...signer.headers(rawBody, now - 301), [TIMESTAMP]: String(now) })).rejects.toThrow(
      WebhookSignatureError,
    );
    await expect(read(rawBody, { ...signer.headers(rawBody), [TIMESTAMP]: String(now + 1) })).rejects.toThrow(
      WebhookSignatureError,
    );
  });

  test("when time and body are cut elsewhere", async () => {
    const body = `1|${rawBody}`;
    await expect(read(rawBody, { ...signer.headers(body), [TIMESTAMP]: `${now}|1` })).rejects.toThrow(
      WebhookSignatureError,
    );
  });

  test.each([SIGNATURE, TIMESTAMP])("without the header %s", async (name) => {
    const { [name]: _left, ...others } = signer.headers(rawBody);
    await expect(read(rawBody, others)).rejects.toThrow(WebhookSignatureError);
    await expect(read(rawBody, { ...others, [name]: "" })).rejects.toThrow(WebhookSignatureError);
  });

  test("without any header", async () => {
    await expect(read(rawBody, {})).rejects.toThrow(WebhookSignatureError);
  });

  test.each(["A", "====", "not base64!", "AAAA", "A".repeat(88), "A".repeat(2 ** 20), "\u0000", "\uff21".repeat(88)])(
    "with a signature that is none (%#)",
    async (signature) => {
      await expect(read(rawBody, { ...signer.headers(rawBody), [SIGNATURE]: signature })).rejects.toThrow(
        WebhookSignatureError,
      );
    },
  );

  test.each(["", " ", "now", "NaN", "Infinity", "-1", "1e9", "0x10", "\u0661", "9".repeat(100_000), "__proto__"])(
    "with a time that is none, though rightly signed (%#)",
    async (timestamp) => {
      await expect(read(rawBody, signer.headers(rawBody, timestamp))).rejects.toThrow(WebhookSignatureError);
    },
  );

  test("when it is no event either: the signature comes first", async () => {
    await expect(read("not JSON", createSigner().headers("not JSON"))).rejects.toThrow(WebhookSignatureError);
    await expect(read("not JSON", {})).rejects.toThrow(WebhookSignatureError);
  });
});
