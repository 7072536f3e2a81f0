import { describe, expect, test } from "vitest";
import { expectProblem, startTestApi } from "../testing/api.fixture.ts";

const api = await startTestApi({ settings: { allowedCountries: ["US", "GB"], allowUnassigned: false } });

async function expectRefused(to: string, status: number, code: string) {
  const left = await api.created(async () => {
    const answer = await api.post("/v1/verifications", { to });
    expectProblem(answer, status, code);
  });
  expect(left).toEqual([]);
}

describe("POST /v1/verifications, 400 invalid_phone_number", () => {
  test.each([
    ["a NUL within", "+1415555\u00000123"],
    ["a line break at the end", "+14155550123\r\n"],
    ["a header after a line break", "+14155550123\r\nTo: +14155550124"],
    ["a right-to-left mark before", "\u200f+14155550123"],
    ["a right-to-left override within", "+1415\u202e5550123"],
    ["Arabic digits", "+١٤١٥٥٥٥٠١٢٣"],
    ["full-width digits", "+\uff11\uff14\uff11\uff15\uff15\uff15\uff15\uff10\uff11\uff12\uff13"],
    ["a full-width plus", "\uff0b14155550123"],
    ["a zero-width space within", "+1415\u200b5550123"],
    ["a tel: URI", "tel:+14155550123"],
    ["letters", "+1415555CALL"],
    ["an extension", "+14155550123;ext=5"],
    ["no plus", "14155550123"],
    ["two pluses", "++14155550123"],
    ["a prefix for international calls", "0014155550123"],
    ["nothing but a plus", "+"],
    ["no text", ""],
    ["spaces", "      "],
    ["too few digits", "+1415555"],
    ["too many digits", "+141555501234567"],
    ["a country code that is not in use", "+99912345678"],
    ["ten thousand digits", `+${"1".repeat(10_000)}`],
    ["an unassigned number", "+12005550123"],
    ["another unassigned number", "+447700900123"],
  ])("for %s", async (_why, to) => {
    await expectRefused(to, 400, "invalid_phone_number");
  });
});

describe("POST /v1/verifications, 403 unsupported_destination", () => {
  test.each([
    ["a premium number", "+19002345678"],
    ["a British premium number", "+449098790123"],
    ["a toll-free number", "+18002345678"],
    ["a British toll-free number", "+448081570000"],
    ["a British shared-cost number", "+448431234567"],
    ["a British personal number", "+447012345678"],
    ["a country that is not allowed", "+33612345678"],
    ["a neighbour with the same calling code", "+14165550123"],
    ["a satellite network", "+881612345678"],
  ])("for %s", async (_why, to) => {
    await expectRefused(to, 403, "unsupported_destination");
  });
});

describe("POST /v1/verifications, 202", () => {
  test.each([
    ["an allowed country", "+14152007986"],
    ["another allowed country", "+447400123456"],
  ])("for a number of %s", async (_why, to) => {
    expect((await api.post("/v1/verifications", { to })).statusCode).toBe(202);
  });
});
