import { createDecipheriv, randomBytes } from "node:crypto";
import { describe, expect, test } from "vitest";
import { newVerificationRef, verificationId } from "./ids.ts";
import { createKeyring, type Secret } from "./keyring.ts";

const secret = (kid: string): Secret => ({ kid, key: randomBytes(32) });
const content = { code: "012345", phone: "+14155550123" };
const older = secret("2026a");
const keyring = createKeyring([secret("2026b"), older]);
const ref = newVerificationRef("AbCdEfGh-_012345");
const sealed = keyring.seal(ref, content);

/** What node:crypto says of a text that was not sealed so. */
const notAuthentic = /unable to authenticate|Invalid authentication tag/;

describe("sealed content", () => {
  test.each([
    content,
    { code: "0000", phone: "+2902345" },
    { code: "9876543210", phone: "+491511234567890" },
    { code: "0000", phone: "+2902345", context: { amount: "+1 €", payee: "Café +2 № 0" } },
  ])("opens as it was sealed: $code for $phone", (given) => {
    expect(keyring.unseal(keyring.kid, ref, keyring.seal(ref, given))).toEqual(given);
  });

  test("is written with the first key, and read with every key of the ring", () => {
    const before = createKeyring([older]).seal(ref, content);
    expect(keyring.kid).toBe("2026b");
    expect(keyring.unseal("2026a", ref, before)).toEqual(content);
  });

  test("holds neither code nor number in the clear", () => {
    for (const text of [sealed, Buffer.from(sealed, "base64url").toString("latin1")]) {
      expect(text).not.toContain(content.code);
      expect(text).not.toContain(content.phone.slice(1));
    }
  });

  test("does not open for another verification, be it of the same number or with the same nonce", () => {
    expect(() => keyring.unseal(keyring.kid, newVerificationRef(ref.tag), sealed)).toThrow(notAuthentic);
    expect(() => keyring.unseal(keyring.kid, { ...ref, tag: "AbCdEfGh-_012346" }, sealed)).toThrow(notAuthentic);
  });

  test("does not open once any of its bytes has changed", () => {
    const bytes = Buffer.from(sealed, "base64url");
    for (const [index, byte] of bytes.entries()) {
      const changed = Buffer.from(bytes);
      changed[index] = byte ^ 1;
      expect(() => keyring.unseal(keyring.kid, ref, changed.toString("base64url"))).toThrow(notAuthentic);
    }
  });

  test("does not open when any of it is missing or something follows it", () => {
    const bytes = Buffer.from(sealed, "base64url");
    for (let length = 0; length < bytes.length; length += 1) {
      expect(() => keyring.unseal(keyring.kid, ref, bytes.subarray(0, length).toString("base64url"))).toThrow(
        notAuthentic,
      );
    }
    const longer = Buffer.concat([bytes, Buffer.from("0")]).toString("base64url");
    expect(() => keyring.unseal(keyring.kid, ref, longer)).toThrow(notAuthentic);
  });

  test("does not open with another key, be it of the ring or of the same name", () => {
    expect(() => keyring.unseal("2026a", ref, sealed)).toThrow(notAuthentic);
    expect(() => createKeyring([secret("2026b")]).unseal("2026b", ref, sealed)).toThrow(notAuthentic);
  });

  test("says which key is missing once that has left the ring", () => {
    expect(() => keyring.unseal("2025z", ref, sealed)).toThrow("the keyring has no key named 2025z");
  });

  test("does not open with the secret itself or with the key of another purpose", () => {
    const only = secret("only");
    const ring = createKeyring([only]);
    const bytes = Buffer.from(ring.seal(ref, content), "base64url");
    const open = (key: Buffer) => {
      const decipher = createDecipheriv("aes-256-gcm", key, Buffer.from(ref.nonce, "base64url"));
      decipher.setAAD(Buffer.from(verificationId(ref))).setAuthTag(bytes.subarray(0, 16));
      return Buffer.concat([decipher.update(bytes.subarray(16)), decipher.final()]);
    };
    for (const key of [only.key, ...ring.tokenSeeds().map(({ seed }) => seed)])
      expect(() => open(key)).toThrow(notAuthentic);
  });
});

test("a keyring without a secret is refused", () => {
  expect(() => createKeyring([])).toThrow("at least one secret");
});
