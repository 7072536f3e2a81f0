import { randomBytes } from "node:crypto";
import { Webhook, WebhookVerificationError } from "standardwebhooks";
import { describe, expect, test } from "vitest";
import { signedHeaders } from "./sign.ts";

const whsec = (secret: Buffer) => `whsec_${secret.toString("base64")}`;
const secret = randomBytes(32);
const id = "delivery.sent-dl_LqHgkSvmvIO487O0GQVWNrgnXIQshnU8_1";
const body = JSON.stringify({ type: "delivery.sent", data: { to: "+1415•••0123" } });
const headers = signedHeaders(id, body, [secret], new Date());
const verify = (key: Buffer, text: string, given: Record<string, string>) =>
  new Webhook(whsec(key)).verify(text, given);

describe("the reference library of Standard Webhooks", () => {
  test("takes what is signed, and makes the same signature itself", () => {
    expect(verify(secret, body, headers)).toEqual(JSON.parse(body));
    const at = new Date("2026-11-21T12:34:56.789Z");
    expect(signedHeaders(id, body, [secret], at)).toEqual({
      "webhook-id": id,
      "webhook-timestamp": "1795264496",
      "webhook-signature": new Webhook(whsec(secret)).sign(id, at, body),
    });
  });

  test.each([24, 33, 64])("takes a secret of %d bytes", (length) => {
    const key = randomBytes(length);
    expect(verify(key, body, signedHeaders(id, body, [key], new Date()))).toEqual(JSON.parse(body));
  });

  test("takes it by either of two secrets while they are exchanged, and by no third", () => {
    const newer = randomBytes(32);
    const both = signedHeaders(id, body, [newer, secret], new Date());
    for (const key of [newer, secret]) expect(verify(key, body, both)).toEqual(JSON.parse(body));
    expect(() => verify(randomBytes(32), body, both)).toThrow(WebhookVerificationError);
  });

  test.each<[what: string, text: string, changed: Record<string, string>]>([
    ["another body", `${body} `, {}],
    ["another number in it", body.replace("0123", "0124"), {}],
    ["another id", body, { "webhook-id": `${id}2` }],
    ["another time", body, { "webhook-timestamp": String(Number(headers["webhook-timestamp"]) + 1) }],
    ["no signature", body, { "webhook-signature": "" }],
  ])("refuses %s", (_what, text, changed) => {
    expect(() => verify(secret, text, { ...headers, ...changed })).toThrow(WebhookVerificationError);
  });

  test("refuses what was signed ten minutes ago", () => {
    const old = signedHeaders(id, body, [secret], new Date(Date.now() - 600_000));
    expect(() => verify(secret, body, old)).toThrow(WebhookVerificationError);
  });
});
