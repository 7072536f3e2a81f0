import { randomBytes } from "node:crypto";
import { describe, expect, test } from "vitest";
import { createKeyring, type RequestSlot, type Secret } from "./keyring.ts";

const secret = (kid: string): Secret => ({ kid, key: randomBytes(32) });
const newer = secret("newer");
const older = secret("older");
const keyring = createKeyring([newer, older]);

function slotOf(ring = keyring, applicationId = "app", key = "key-1", request = "request"): RequestSlot {
  const [slot] = ring.requestSlots(applicationId, key, request);
  if (!slot) throw new Error("a keyring has at least one key");
  return slot;
}

/** What node:crypto says of a text that was not sealed so. */
const notAuthentic = /unable to authenticate|Invalid authentication tag/;

describe("the slots of a request with an idempotency key", () => {
  test("stand in the order of the keys, and are the same whatever that order is", () => {
    expect(keyring.requestSlots("app", "key-1", "request")).toEqual([
      slotOf(createKeyring([newer])),
      slotOf(createKeyring([older])),
    ]);
    expect(keyring.requestSlots("app", "key-1", "request").map(({ kid }) => kid)).toEqual(["newer", "older"]);
    expect(slotOf().tag).toMatch(/^[\w-]{16}$/);
    expect(Buffer.from(slotOf().fingerprint, "base64url")).toHaveLength(32);
  });

  test("are of one application and one idempotency key, without confusing where one ends and the other begins", () => {
    const tags = [
      slotOf(),
      slotOf(keyring, "other"),
      slotOf(keyring, "app", "key-2"),
      slotOf(keyring, "appk", "ey-1"),
      slotOf(keyring, "", "appkey-1"),
    ].map(({ tag }) => tag);
    expect(new Set(tags).size).toBe(tags.length);
  });

  test("keep their place for another request, with another fingerprint", () => {
    const other = slotOf(keyring, "app", "key-1", "another request");
    expect(other.tag).toBe(slotOf().tag);
    expect(other.fingerprint).not.toBe(slotOf().fingerprint);
  });

  test("do not show that two of them are of the same request", () => {
    expect(slotOf(keyring, "app", "key-2").fingerprint).not.toBe(slotOf().fingerprint);
  });

  test("share nothing with a number's tags or a code's digests", () => {
    expect(keyring.tags("app", "key-1")).not.toContain(slotOf().tag);
  });
});

describe("a sealed answer", () => {
  const answer = JSON.stringify({ status: 200, body: '{"token":"eyJhbGciOiJFZERTQSJ9.é•"}' });
  const slot = slotOf();
  const sealed = keyring.sealAnswer(slot, answer);

  test("opens as it was sealed, with every ring that has its key", () => {
    for (const ring of [keyring, createKeyring([newer]), createKeyring([older, newer])]) {
      expect(ring.unsealAnswer(slot, sealed)).toBe(answer);
    }
  });

  test("is sealed another way each time, and shows nothing", () => {
    expect(keyring.sealAnswer(slot, answer)).not.toBe(sealed);
    expect(Buffer.from(sealed, "base64url").toString("latin1")).not.toContain("token");
    expect(sealed).toMatch(/^[\w-]+$/);
  });

  test("does not open for another request, another idempotency key or with another key", () => {
    const others = [
      slotOf(keyring, "app", "key-1", "another request"),
      slotOf(keyring, "app", "key-2"),
      { ...slot, kid: "older" },
    ];
    for (const other of others) expect(() => keyring.unsealAnswer(other, sealed)).toThrow(notAuthentic);
    expect(() => createKeyring([secret("newer")]).unsealAnswer(slot, sealed)).toThrow(notAuthentic);
    expect(() => createKeyring([older]).unsealAnswer(slot, sealed)).toThrow("no key named newer");
  });

  test("does not open once any of its bytes has changed or is missing", () => {
    const bytes = Buffer.from(sealed, "base64url");
    for (const [index, byte] of bytes.entries()) {
      const changed = Buffer.from(bytes);
      changed[index] = byte ^ 1;
      expect(() => keyring.unsealAnswer(slot, changed.toString("base64url"))).toThrow();
      expect(() => keyring.unsealAnswer(slot, bytes.subarray(0, index).toString("base64url"))).toThrow();
    }
  });
});
