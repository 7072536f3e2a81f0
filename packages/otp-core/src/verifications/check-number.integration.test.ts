import { afterAll, describe, expect, test } from "vitest";
import { randomNumber } from "../testing/index.fixture.ts";
import { endings, read, start, startedId, startTestCore, wrong } from "../testing/verifications.fixture.ts";
import { checkNumber } from "./check.ts";

const core = await startTestCore();
afterAll(() => core.close());

const notFound = { code: "verification_not_found" };

describe("checking by number", () => {
  test("approves the pending verification of the number", async () => {
    const to = randomNumber();
    const id = await startedId(core, to);
    const checked = await checkNumber(core, core.application, to, await core.codeOf(id));
    expect(checked).toMatchObject({ id, status: "approved", valid: true, token: expect.any(String) });
  });

  test("reads the number as it was written", async () => {
    const to = randomNumber();
    const id = await startedId(core, to);
    const written = `+1 (415) ${to.slice(5, 8)}-${to.slice(8)}`;
    expect(await checkNumber(core, core.application, written, await core.codeOf(id))).toMatchObject({ valid: true });
  });

  test("approves where codes are not sent any more", async () => {
    const to = randomNumber();
    const code = await core.codeOf(await startedId(core, to));
    const { application } = core;
    const elsewhere = { ...application, settings: { ...application.settings, allowedCountries: ["GB"] } };
    await expect(start({ ...core, application: elsewhere }, randomNumber())).rejects.toMatchObject({
      code: "unsupported_destination",
    });
    expect(await checkNumber(core, elsewhere, to, code)).toMatchObject({ status: "approved", valid: true });
  });

  test("shares its attempts with checking by id", async () => {
    const to = randomNumber();
    const id = await startedId(core, to);
    const code = wrong(await core.codeOf(id));
    await checkNumber(core, core.application, to, code);
    expect(await read(core, id)).toMatchObject({ attemptsRemaining: 2 });
  });

  test("knows the newest verification only", async () => {
    const to = randomNumber();
    const former = await startedId(core, to);
    const formerCode = await core.codeOf(former);
    await endings.canceled(core, former);
    const { id } = (await start(core, to)).verification;
    const code = await core.codeOf(id);
    const checked = await checkNumber(core, core.application, to, formerCode);
    expect(checked).toMatchObject({ id, valid: code === formerCode });
  });

  test("says how the newest one ended where it is over", async () => {
    const to = randomNumber();
    const id = await startedId(core, to);
    const code = await core.codeOf(id);
    await endings.expired(core, id);
    expect(await checkNumber(core, core.application, to, code)).toMatchObject({ id, status: "expired", valid: false });
  });
});

describe("it finds nothing", () => {
  test("for a number without a verification", async () => {
    await expect(checkNumber(core, core.application, randomNumber(), "123456")).rejects.toMatchObject(notFound);
  });

  test("for another application", async () => {
    const to = randomNumber();
    const code = await core.codeOf(await startedId(core, to));
    const other = { ...core.application, id: "another" };
    await expect(checkNumber(core, other, to, code)).rejects.toMatchObject(notFound);
  });

  test("for what is no number, and says so", async () => {
    await expect(checkNumber(core, core.application, "+1415", "123456")).rejects.toMatchObject({
      code: "invalid_phone_number",
    });
  });
});
