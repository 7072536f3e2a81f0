import { randomInt, randomUUID } from "node:crypto";
import { expect, vi } from "vitest";
import { areaCodes } from "../demo/fictional-number.ts";
import type { Client } from "./client.fixture.ts";

const WITHIN = { timeout: 60_000, interval: 200 };

export interface Driven {
  ids: string[];
  numbers: string[];
  codes: string[];
  /** Tokens, idempotency keys, an address, and what payments were about. */
  others: string[];
}

export const newCode = (): string => String(randomInt(1e9, 1e10));

/** Each in an area of its own, so that no limit of a prefix is met by chance. */
export function newNumber({ numbers }: Driven, ending = "0123"): string {
  const taken = `+1${areaCodes[numbers.length]}555${ending}`;
  numbers.push(taken);
  return taken;
}

/** Drives numbers and codes through all that can become of them. Each path says at its end that it was taken. */
export async function drive(client: Client): Promise<Driven> {
  const { ask, start, check } = client;
  const driven: Driven = { ids: [], numbers: [], codes: [], others: [] };
  const number = (ending?: string) => newNumber(driven, ending);
  const secret = (list: "codes" | "others", text: string) => {
    driven[list].push(text);
    return text;
  };
  const begin = async (to: string, more: object = {}, headers = {}) => {
    const id = await start(to, more, headers);
    driven.ids.push(id);
    return id;
  };
  const wrong = () => secret("codes", newCode());
  const codeOn = async (to: string) => {
    const code = await vi.waitUntil(() => client.codeOn(to), WITHIN);
    return secret("codes", code);
  };
  const read = async (id: string) => (await ask("GET", `/v1/verifications/${id}`)).body;
  const becomes = (id: string, expected: string[]) =>
    vi.waitFor(async () => {
      const { deliveries = [] } = (await read(id)) as { deliveries?: { channel: string; status: string }[] };
      expect(deliveries.map(({ channel, status }) => `${channel} ${status}`)).toEqual(expected);
    }, WITHIN);
  const approve = async (id: string, code: string, more: object = {}) => {
    const answer = await check(id, code, more);
    expect(answer).toMatchObject({ valid: true });
    const token = secret("others", String(answer["token"]));
    driven.others.push(...token.split("."));
  };

  const byMessage = async () => {
    const to = number();
    const id = await begin(to, { client_ip: secret("others", "203.0.113.77"), metadata: { user_id: "42" } });
    const code = await codeOn(to);
    expect(await check(id, wrong())).toMatchObject({ valid: false });
    expect((await ask("POST", "/v1/verifications/check", { to, code: wrong() })).body).toMatchObject({ valid: false });
    await becomes(id, ["sms delivered"]);
    await approve(id, code);
    expect(await check(id, code)).toMatchObject({ valid: false });
  };
  const resent = async () => {
    const to = number();
    const id = await begin(to);
    await codeOn(to);
    expect(await begin(to)).toBe(id);
    expect((await ask("POST", `/v1/verifications/${id}/resend`, { channel: "sms" })).status).toBe(202);
    expect((await ask("POST", `/v1/verifications/${id}/resend`, { channel: "call" })).status).toBe(202);
    await becomes(id, ["sms delivered", "sms delivered", "sms delivered", "call delivered"]);
    expect((await ask("POST", `/v1/verifications/${id}/cancel`)).status).toBe(200);
  };
  const byCallWithKey = async () => {
    const to = number();
    await client.press(to, "11");
    const id = await begin(to, { channel: "call", locale: "de" });
    const code = await codeOn(to);
    await becomes(id, ["call delivered"]);
    expect((await client.phone(to)).calls[0]?.spoken.length).toBeGreaterThan(1);
    await approve(id, code);
  };
  const ownCodeForPayment = async () => {
    const [to, code] = [number(), secret("codes", newCode())];
    const context = {
      amount: secret("others", "EUR 73519.28"),
      payee: secret("others", "Quartz Zebrafinch Ltd"),
    };
    await client.press(to, "1");
    const id = await begin(to, { code, context, channel: "call" });
    expect((await ask("POST", "/v1/verifications", { to, code: wrong(), context })).status).toBe(409);
    expect(await check(id, code, { context: { ...context, amount: "EUR 1" } })).toMatchObject({ valid: false });
    await becomes(id, ["call delivered"]);
    expect(JSON.stringify(await client.phone(to))).toContain(context.payee);
    await approve(id, code, { context });
  };
  const replayed = async () => {
    const to = number();
    const [begun, checked] = ["start", "check"].map((what) => secret("others", `${what}-${to}-${randomUUID()}`));
    const key = { "idempotency-key": begun ?? "" };
    const id = await begin(to, {}, key);
    expect(await begin(to, {}, key)).toBe(id);
    expect((await ask("POST", "/v1/verifications", { to, locale: "fr" }, key)).status).toBe(422);
    const code = await codeOn(to);
    const again = { "idempotency-key": checked ?? "" };
    const first = await ask("POST", `/v1/verifications/${id}/check`, { code }, again);
    expect((await ask("POST", `/v1/verifications/${id}/check`, { code }, again)).body).toEqual(first.body);
    secret("others", String(first.body["token"]));
  };
  const twoEndpoints = async () => {
    const phone_number = number();
    expect((await ask("POST", "/auth/request-otp", { phone_number })).status).toBe(202);
    const otp = await codeOn(phone_number);
    expect((await ask("POST", "/auth/verify-otp", { phone_number, otp: wrong() })).status).toBe(401);
    const { body } = await ask("POST", "/auth/verify-otp", { phoneNumber: phone_number, otp });
    secret("others", String(body["session_token"]));
  };
  /** By the simulator's endings, see the README. */
  const carried = async (ending: string, expected: string[], more: object = {}) => {
    const to = number(ending);
    const code = secret("codes", newCode());
    const id = await begin(to, { code, ...more });
    await becomes(id, expected);
  };
  const refusedByLimits = async () => {
    const often = number();
    for (let i = 0; i < 5; i += 1) await begin(often);
    expect((await ask("POST", "/v1/verifications", { to: often })).body).toMatchObject({ code: "too_many_requests" });
    await codeOn(often);
    const locked = number();
    const id = await begin(locked);
    for (let i = 0; i < 3; i += 1) await check(id, wrong());
    expect(await read(id)).toMatchObject({ status: "failed" });
    expect((await ask("POST", "/v1/verifications", { to: locked })).body).toMatchObject({ code: "number_locked" });
    expect((await ask("POST", "/v1/verifications/check", { to: locked, code: wrong() })).body).toMatchObject({
      valid: false,
    });
    const swept = Array.from({ length: 5 }, (_, i) => `+198955501${50 + i}`);
    driven.numbers.push(...swept);
    for (const to of swept.slice(0, 4)) await begin(to);
    expect((await ask("POST", "/v1/verifications", { to: swept[4] })).body).toMatchObject({
      code: "destination_suspended",
    });
  };
  const refusedAsBroken = async () => {
    const [to, code] = [number(), wrong()];
    const premium = "+19005550123";
    const statuses = [
      await ask("POST", "/v1/verifications", { to: premium }),
      await ask("POST", "/v1/verifications", { to: `${to}9999999` }),
      await ask("POST", "/v1/verifications", `{"to": "${to}", "code": "${code}"`),
      await ask("POST", "/v1/verifications", { to, [code]: to }),
      await ask("POST", "/v1/verifications", { to, metadata: { [to]: "x".repeat(300) } }),
      await ask("POST", `/v1/verifications/${to}/check`, { code }),
      await ask("GET", `/v1/verifications/${to}?code=${code}`),
      await ask("GET", `/phones/${to}`),
      await ask("POST", `/webhooks/telnyx/${to}`, { data: { payload: { to, text: code } } }),
      await ask("POST", "/v1/verifications", { to }, { authorization: `Bearer ${to}` }),
    ].map(({ status }) => status);
    driven.numbers.push(premium);
    expect(statuses).toEqual([403, 400, 400, 400, 400, 404, 404, 404, 401, 401]);
  };
  const erased = async () => {
    const [byId, byNumber] = [number(), number()];
    const id = await begin(byId);
    await begin(byNumber);
    await codeOn(byId);
    await codeOn(byNumber);
    expect((await ask("DELETE", `/v1/verifications/${id}`)).status).toBe(204);
    expect((await ask("DELETE", `/v1/numbers/${encodeURIComponent(byNumber)}`)).status).toBe(204);
    expect((await ask("GET", `/v1/verifications/${id}`)).status).toBe(404);
  };

  await Promise.all([
    byMessage(),
    resent(),
    byCallWithKey(),
    ownCodeForPayment(),
    replayed(),
    twoEndpoints(),
    carried("0001", ["sms undelivered", "call delivered"], { fallback: "call" }),
    carried("0002", ["sms sent", "call delivered"], { fallback: "call" }),
    carried("0003", ["sms delivered"]),
    carried("0007", ["sms delivered"]),
    carried("0005", ["sms delivered"]),
    carried("0006", ["sms failed"]),
    carried("0008", ["sms delivered"]),
    carried("0009", ["call undelivered"], { channel: "call" }),
    carried("0010", ["call undelivered"], { channel: "call" }),
    carried("0014", ["call unconfirmed"], { channel: "call" }),
    refusedByLimits(),
    refusedAsBroken(),
    erased(),
  ]);
  // Last: they wait for their fate to be known, and hold a carrier's connection for as long as it takes.
  await Promise.all([carried("0011", ["sms uncertain"]), carried("0012", ["sms uncertain"])]);
  return driven;
}
