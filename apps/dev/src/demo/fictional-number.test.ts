import { expect, test } from "vitest";
import { fictionalNumber } from "./fictional-number.ts";

test("calls a number that belongs to nobody and provokes no behaviour of the simulator", () => {
  for (let count = 0; count < 500; count += 1) expect(fictionalNumber()).toMatch(/^\+1[2-9]\d{2}55501\d{2}$/);
});

test("meets the limit of one number rarely: there are thousands of them", () => {
  const last = fictionalNumber((end) => end - 1);
  const first = fictionalNumber(() => 0);
  expect(first.slice(-2)).toBe("00");
  expect(last.slice(-2)).toBe("99");
  expect(first.slice(2, 5)).not.toBe(last.slice(2, 5));
});
