import { describe, expect, test } from "vitest";
import { deliveryId, newVerificationRef, parseDeliveryId, parseVerificationId, verificationId } from "./ids.ts";

const tag = "AbCdEfGh-_012345";
const ref = { tag, nonce: "ZyXwVuTs_-543210" };
const own = `${ref.tag}${ref.nonce}`;

test("a verification's id comes back as the tag and nonce it was made of", () => {
  const made = newVerificationRef(tag);
  expect(parseVerificationId(verificationId(made))).toEqual(made);
  expect(verificationId(ref)).toBe(`vf_${own}`);
});

test.each([1, 2, 9, 10, 999])("a delivery's id comes back with its number %i", (number) => {
  expect(parseDeliveryId(deliveryId({ ...ref, number }))).toEqual({ ...ref, number });
});

test("no two verifications of one number share an id", () => {
  const ids = Array.from({ length: 1000 }, () => verificationId(newVerificationRef(tag)));
  expect(new Set(ids).size).toBe(ids.length);
});

test("ids can be job ids: no colon, and not digits alone", () => {
  for (const id of [verificationId(newVerificationRef(tag)), deliveryId({ ...newVerificationRef(tag), number: 1 })]) {
    expect(id).not.toContain(":");
    expect(id).not.toMatch(/^\d+$/);
  }
});

const hostile = [
  ["nothing", ""],
  ["the prefix alone", "PREFIX"],
  ["one character too few", `PREFIX${own.slice(1)}`],
  ["one character too many", `PREFIX${own}A`],
  ["another prefix", `xx_${own}`],
  ["a prefix in capitals", `VF_${own}`],
  ["a line feed at its end", `PREFIX${own}\n`],
  ["space around it", ` PREFIX${own} `],
  ["braces of a hash tag", `PREFIX{}${own.slice(2)}`],
  ["a colon", `PREFIX:${own.slice(1)}`],
  ["a glob", `PREFIX*${own.slice(1)}`],
  ["a path", `PREFIX../${own.slice(3)}`],
  ["padding of base64", `PREFIX${own.slice(1)}=`],
  ["characters of plain base64", `PREFIX+/${own.slice(2)}`],
  ["a NUL", `PREFIX\u0000${own.slice(1)}`],
  ["full-width letters", `PREFIX\uff21${own.slice(1)}`],
  ["a megabyte", `PREFIX${"A".repeat(2 ** 20)}`],
  ["an object's own words", "__proto__"],
] as const;

describe("a text that is no id of ours finds nothing", () => {
  test.each(hostile)("as a verification: %s", (_name, id) => {
    expect(parseVerificationId(id.replace("PREFIX", "vf_"))).toBeUndefined();
  });

  test.each(hostile)("as a delivery: %s", (_name, id) => {
    expect(parseDeliveryId(`${id.replace("PREFIX", "dl_")}_1`)).toBeUndefined();
  });

  test.each(["", "0", "01", "-1", "1.5", "1e2", "1000", "\uff11", "1 ", "1\n", "NaN", "1_1"])(
    "as a delivery with the number %j",
    (number) => {
      expect(parseDeliveryId(`dl_${own}_${number}`)).toBeUndefined();
    },
  );

  test("a delivery is no verification, nor the other way round", () => {
    expect(parseVerificationId(deliveryId({ ...ref, number: 1 }))).toBeUndefined();
    expect(parseDeliveryId(verificationId(ref))).toBeUndefined();
  });
});
