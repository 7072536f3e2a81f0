import { describe, expect, test } from "vitest";
import { expectProblem, startTestApi } from "../testing/api.fixture.ts";

const api = await startTestApi();
const { core, get, post } = api;

/** Of the form of an id, and of no verification. */
const unknown = `vf_${"A".repeat(32)}`;

describe("GET /v1/verifications/{id}", () => {
  test("200 with what was answered when it began", async () => {
    const { id, to } = await api.start({ metadata: { user_id: "42" } });
    const answer = await get(`/v1/verifications/${id}`);
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toMatchObject({
      id,
      status: "pending",
      to: `${to.slice(0, 5)}•••${to.slice(-4)}`,
      metadata: { user_id: "42" },
      attempts_remaining: 3,
      deliveries: [{ status: "queued", error: null }],
    });
    expect(answer.body).not.toContain(to);
  });

  test("200 with the status as of now: expired once its time is over, without anybody's doing", async () => {
    const { id } = await api.start();
    await core.age(id, 299);
    expect((await get(`/v1/verifications/${id}`)).json()).toMatchObject({ status: "pending" });
    await core.age(id, 1);
    expect((await get(`/v1/verifications/${id}`)).json()).toMatchObject({ status: "expired" });
  });

  test("500 says nothing but that it failed, where a record is broken", async () => {
    const { id } = await api.start({ metadata: { user_id: "42" } });
    await core.redis.hset(`ww:{${id.slice(3, 19)}}:v:${id.slice(19)}`, "metadata", "{broken PRIVATE");
    const answer = await get(`/v1/verifications/${id}`);
    expectProblem(answer, 500, "internal_error");
    expect(answer.body).not.toMatch(/PRIVATE|JSON|metadata|node_modules|at /);
  });
});

describe("404 for an id", () => {
  const ids: [why: string, id: string][] = [
    ["that nobody has", unknown],
    ["that is too short", "vf_A"],
    ["that is one character too long", `${unknown}A`],
    ["with another prefix", `dl_${"A".repeat(32)}`],
    ["in another case", unknown.toLowerCase().replace("vf", "VF")],
    ["with a percent-encoded NUL", `${unknown}%00`],
    ["with a percent-encoded line break", `${unknown}%0d%0aX:%20y`],
    ["with a percent-encoded slash", `..%2f..%2fv1%2fverifications%2f${unknown}`],
    ["that is a phone number", "%2B14155550123"],
    ["that is a pattern", "vf_*"],
    ["that closes a hash tag", `vf_${"A".repeat(15)}%7D${"A".repeat(16)}`],
    ["of a prototype", "__proto__"],
    ["of snowmen", encodeURIComponent("☃".repeat(30))],
    ["of 128 characters", "A".repeat(128)],
    ["of 129 characters", "A".repeat(129)],
    ["of 10,000 characters", "A".repeat(10_000)],
    ["of 1,000 percent-encoded characters", "%41".repeat(1000)],
  ];

  test.each(ids)("%s, on every route", async (_why, id) => {
    const left = await api.created(async () => {
      const answers = [
        await get(`/v1/verifications/${id}`),
        await post(`/v1/verifications/${id}/check`, { code: "123456" }),
        await post(`/v1/verifications/${id}/resend`, {}),
        await post(`/v1/verifications/${id}/cancel`, {}),
      ];
      for (const answer of answers) {
        expectProblem(answer, 404, "verification_not_found");
      }
    });
    expect(left).toEqual([]);
  });

  test("of another application, as if there were none, and it goes on untouched", async () => {
    const { id, code } = await api.start();
    await core.age(id, 30);
    const headers = { authorization: `Bearer ${api.otherKey}` };
    const foreign = [
      await get(`/v1/verifications/${id}`, headers),
      await post(`/v1/verifications/${id}/check`, { code }, headers),
      await post(`/v1/verifications/${id}/resend`, {}, headers),
      await post(`/v1/verifications/${id}/cancel`, {}, headers),
    ];
    const nobodys = await get(`/v1/verifications/${unknown}`, headers);
    for (const answer of foreign) {
      expectProblem(answer, 404, "verification_not_found");
      expect(answer.body).toBe(nobodys.body);
    }
    expect((await post(`/v1/verifications/${id}/check`, { code })).json()).toMatchObject({
      valid: true,
      attempts_remaining: 3,
    });
  });
});
