import { type AddressInfo, connect } from "node:net";
import { randomNumber } from "@watchword/otp-core/testing";
import { describe, expect, test } from "vitest";
import { startTestApi } from "../testing/api.fixture.ts";
import { messageEvent, signed } from "../testing/telnyx-webhook.fixture.ts";

// Ten digits: a code of six is found by chance among the digits of times and ids.
const api = await startTestApi({ settings: { codeLength: 10 } });
const { app, get, key, post, wrong } = api;

const lines = () =>
  api
    .log()
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe("the log", () => {
  test("has one line per request, with the route's pattern, the status and the ids", async () => {
    const { id, deliveryId, to } = await api.start();
    const body = messageEvent(to);
    await app.inject({ method: "POST", url: `/webhooks/telnyx/${deliveryId}`, payload: body, headers: signed(body) });
    await get(`/v1/verifications/${id}`);
    const requests = lines().filter(({ msg }) => msg === "request");
    expect(requests).toMatchObject([
      { method: "POST", route: "/v1/verifications", status: 202, verification_id: id },
      { method: "POST", route: "/webhooks/telnyx/:delivery_id", status: 200, delivery_id: deliveryId },
      { method: "GET", route: "/v1/verifications/:id", status: 200, verification_id: id },
    ]);
  });

  describe("of who tries keys", () => {
    const lineFor = async (trustedProxies: string[] | undefined, remoteAddress: string, forwarded?: string) => {
      const asked = await startTestApi({ trustedProxies });
      const given = forwarded === undefined ? {} : { "x-forwarded-for": forwarded };
      const headers = { authorization: "Bearer wrong", ...given };
      await asked.app.inject({ url: "/v1/nothing", headers, remoteAddress });
      return JSON.parse(asked.log().trim().split("\n").at(-1) ?? "") as Record<string, unknown>;
    };

    test.each<[string, trusted: string[] | undefined, peer: string, forwarded: string | undefined, client: string]>([
      ["the peer's", undefined, "198.51.100.7", undefined, "198.51.100.7"],
      ["the peer's, whatever it says, where nobody is trusted", undefined, "10.0.0.1", "203.0.113.9", "10.0.0.1"],
      ["an untrusted peer's, whatever it says", ["10.0.0.0/8"], "198.51.100.7", "203.0.113.9", "198.51.100.7"],
      ["what a trusted proxy says", ["10.0.0.0/8"], "10.0.0.1", "203.0.113.9", "203.0.113.9"],
    ])("names the address: %s", async (_whose, trusted, peer, forwarded, client) => {
      expect(await lineFor(trusted, peer, forwarded)).toMatchObject({ msg: "request", status: 401, client });
    });

    test("names the address of whoever does not wait for the answer", async () => {
      const asked = await startTestApi();
      await asked.app.listen({ host: "127.0.0.1", port: 0 });
      const socket = connect((asked.app.server.address() as AddressInfo).port, "127.0.0.1");
      socket.write("GET /v1/nothing HTTP/1.1\r\nHost: x\r\n\r\n", () => socket.destroy());
      await expect.poll(asked.log).toContain('"client":"127.0.0.1"');
    });

    test("holds nothing that is no address, even where a trusted proxy says it", async () => {
      const line = await lineFor(["10.0.0.0/8"], "10.0.0.1", "+14155550123");
      expect(line).toMatchObject({ msg: "request", status: 401 });
      expect(line).not.toHaveProperty("client");
    });
  });

  test("names nobody's address who has a key", async () => {
    await get("/v1/nothing");
    expect(lines().at(-1)).toMatchObject({ msg: "request", status: 404 });
    expect(lines().at(-1)).not.toHaveProperty("client");
  });

  test("has no line for probes", async () => {
    const before = lines().length;
    for (const url of ["/health", "/healthz", "/readyz"]) await app.inject(url);
    expect(lines()).toHaveLength(before);
  });

  test("holds no number, code, key, token or text of a caller, whatever is asked for", async () => {
    const { to, id, code } = await api.start({ metadata: { note: "PRIVATE" } });
    const digits = to.slice(1);
    const secret = "PRIVATE";
    await post("/v1/verifications", { to, channel: secret, [secret]: to });
    await post("/v1/verifications", `{"to":"${to}`);
    await post("/v1/verifications", to, { "content-type": "text/plain" });
    await post(`/v1/verifications?to=${digits}&note=${secret}`, { to });
    await post("/v1/verifications/check", { to, code: wrong(code) });
    await post("/auth/verify-otp", { phone_number: to, otp: wrong(code) });
    await get(`/v1/verifications/${encodeURIComponent(to)}`);
    await get(`/v1/verifications/${to}`);
    await get(`/v1/${to}`);
    await get(`/v1/verifications/${id}?code=${code}`);
    await post(`/v1/verifications/${digits}/check`, { code });
    await app.inject({
      method: "POST",
      url: `/v1/verifications/${to}/cancel`,
      headers: { authorization: `Bearer ${secret}` },
    });
    await app.inject({ url: `/v1/verifications/${id}?key=${key}`, headers: { "user-agent": to, cookie: code } });
    const event = messageEvent(to);
    const webhook = { method: "POST", payload: event, headers: signed(event) } as const;
    await app.inject({ ...webhook, url: `/webhooks/telnyx/${to}` });
    await app.inject({ ...webhook, url: `/webhooks/telnyx/${to}`, headers: {} });
    await api.core.redis.hset(`ww:{${id.slice(3, 19)}}:v:${id.slice(19)}`, "to", to, "metadata", "{");
    await get(`/v1/verifications/${id}`);
    const checked = await post(`/v1/verifications/${id}/check`, { code });
    const { token } = checked.json<{ token: string }>();

    const log = api.log();
    expect(lines().filter(({ msg }) => msg === "request").length).toBeGreaterThan(15);
    for (const hidden of [digits, code, wrong(code), key, token, secret]) expect(log).not.toContain(hidden);
  });

  test("holds no part of an address or of a body that was refused before it reached a route", async () => {
    const number = randomNumber();
    for (const url of [`/v1/verifications/%zz${number}`, `/v1/verifications/${number.repeat(20)}`, `//${number}`]) {
      await get(url);
    }
    expect(api.log()).not.toContain(number.slice(1));
  });
});
