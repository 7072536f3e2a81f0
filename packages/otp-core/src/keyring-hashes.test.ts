import { randomBytes } from "node:crypto";
import { describe, expect, test } from "vitest";
import { newVerificationRef, verificationId } from "./ids.ts";
import { createKeyring, type Secret } from "./keyring.ts";

const secret = (kid: string): Secret => ({ kid, key: randomBytes(32) });
const newer = secret("newer");
const older = secret("older");
const keyring = createKeyring([newer, older]);
const ref = newVerificationRef("AbCdEfGh-_012345");
const digestOf = (...given: Parameters<typeof keyring.digests>) => keyring.digests(...given)[1];
const tagOf = (...given: Parameters<typeof keyring.tags>) => keyring.tags(...given)[0];

describe("a code's digests", () => {
  test("come with the name of their key, the writing key's first", () => {
    const [kid, digest, olderKid, olderDigest, ...none] = keyring.digests(ref, "123456");
    expect([kid, olderKid, none]).toEqual(["newer", "older", []]);
    expect(olderDigest).not.toBe(digest);
    expect(createKeyring([older]).digests(ref, "123456")).toEqual(["older", olderDigest]);
  });

  test("are the same for the same verification and code, 256 bits each", () => {
    expect(digestOf(ref, "123456")).toBe(digestOf({ ...ref }, "123456"));
    expect(Buffer.from(digestOf(ref, "123456") ?? "", "base64url")).toHaveLength(32);
  });

  test("differ for another code, another verification and another number", () => {
    const digests = [
      digestOf(ref, "123456"),
      digestOf(ref, "123457"),
      digestOf(ref, "0123456"),
      digestOf(newVerificationRef(ref.tag), "123456"),
      digestOf({ ...ref, tag: "AbCdEfGh-_012346" }, "123456"),
    ];
    expect(new Set(digests).size).toBe(digests.length);
  });

  test("take a megabyte typed as a code", () => {
    expect(digestOf(ref, "1".repeat(2 ** 20))).not.toBe(digestOf(ref, "123456"));
  });
});

describe("a number's tags", () => {
  test("stand in the order of the keys, 16 characters of base64url each", () => {
    expect(keyring.tags("app", "+14155550123")).toEqual([
      ...createKeyring([newer]).tags("app", "+14155550123"),
      ...createKeyring([older]).tags("app", "+14155550123"),
    ]);
    for (const tag of keyring.tags("app", "+14155550123")) expect(tag).toMatch(/^[\w-]{16}$/);
  });

  test("differ for another number and another application", () => {
    const tags = [tagOf("app", "+14155550123"), tagOf("app", "+14155550124"), tagOf("other", "+14155550123")];
    expect(new Set(tags).size).toBe(tags.length);
  });

  test("do not confuse where one part ends and the next begins", () => {
    const tags = [
      tagOf("app1", "+4155550123"),
      tagOf("app", "1+4155550123"),
      tagOf("app1+4155550123", ""),
      tagOf("", "app1+4155550123"),
      tagOf("app1:", "+4155550123"),
      tagOf("app", "1:+4155550123"),
      tagOf("app11:+", "4155550123"),
      tagOf("app", "5:abcde"),
      tagOf("app7:", "abcde"),
    ];
    expect(new Set(tags).size).toBe(tags.length);
  });
});

describe("no key serves two purposes", () => {
  test("the same parts have another hash as a digest than as a tag", () => {
    expect(digestOf(ref, "123456")?.slice(0, 16)).not.toBe(tagOf(verificationId(ref), "123456"));
  });

  test("the seed of the tokens is not the secret, and another for each", () => {
    const seeds = keyring.tokenSeeds();
    expect(seeds.map(({ kid, seed }) => [kid, seed.length])).toEqual([
      ["newer", 32],
      ["older", 32],
    ]);
    const all = [...seeds.map(({ seed }) => seed), newer.key, older.key].map((key) => key.toString("hex"));
    expect(new Set(all).size).toBe(4);
  });
});
