import { describe, expect, test } from "vitest";
import { type Answer, expectProblem, startTestApi } from "./testing/api.fixture.ts";
import { hostileBodies } from "./testing/hostile.fixture.ts";
import { signed } from "./testing/telnyx-webhook.fixture.ts";

const api = await startTestApi();

/** Posts every one of them. What is not refused as the caller's fault is told with the body that did it. */
async function post(url: string, bodies: (string | Buffer)[], headers: object = {}): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (const payload of bodies) {
    const answer = await api.app.inject({
      method: "POST",
      url,
      payload,
      headers: { authorization: `Bearer ${api.key}`, "content-type": "application/json", ...headers },
    });
    expect(answer.statusCode, `${answer.body} for ${payload.toString().slice(0, 200)}`).toBeLessThan(500);
    answers.push(answer);
  }
  return answers;
}

const refusals = (answers: Answer[]) => answers.filter(({ statusCode }) => statusCode >= 400);
const codeOf = (answer: Answer) => answer.json<{ code: string }>().code;

describe("no hostile body is answered 5xx", () => {
  test("POST /v1/verifications: each is refused, and nothing is begun", async () => {
    const bodies = hostileBodies("to", "channel", "locale", "client_ip", "metadata");
    expect(bodies.length).toBeGreaterThan(200);
    const left = await api.created(async () => {
      for (const answer of await post("/v1/verifications", bodies)) {
        expect([400, 413]).toContain(answer.statusCode);
        expectProblem(answer, answer.statusCode, codeOf(answer));
      }
    });
    expect(left).toEqual([]);
  });

  test("POST /v1/verifications/check: each is refused", async () => {
    for (const answer of await post("/v1/verifications/check", hostileBodies("to", "code"))) {
      expect([400, 413]).toContain(answer.statusCode);
      expectProblem(answer, answer.statusCode, codeOf(answer));
    }
  });

  test("POST /v1/verifications/{id}/check: each is refused, and none counts as an attempt", async () => {
    const { id, code } = await api.start();
    const digits = (body: string | Buffer) => /^\{"code":"[\d\s-]+"\}$/.test(body.toString());
    const bodies = hostileBodies("code").filter((body) => !digits(body));
    const answers = await post(`/v1/verifications/${id}/check`, bodies);
    expect(refusals(answers)).toHaveLength(answers.length);
    const checked = await api.post(`/v1/verifications/${id}/check`, { code });
    expect(checked.json()).toMatchObject({ valid: true, attempts_remaining: 3 });
  });

  test.each(["resend", "cancel"])("POST /v1/verifications/{id}/%s", async (verb) => {
    const { id } = await api.start();
    const answers = await post(`/v1/verifications/${id}/${verb}`, hostileBodies("channel"));
    for (const answer of refusals(answers)) expectProblem(answer, answer.statusCode, codeOf(answer));
  });

  test("POST /auth/request-otp: each is refused, and nothing is begun", async () => {
    const left = await api.created(async () => {
      for (const answer of await post("/auth/request-otp", hostileBodies("phone_number", "phoneNumber"))) {
        expect([400, 413]).toContain(answer.statusCode);
        expect(answer.json()).toEqual({ error: expect.any(String) });
      }
    });
    expect(left).toEqual([]);
  });

  test("POST /auth/verify-otp: each is refused", async () => {
    const answers = await post("/auth/verify-otp", hostileBodies("phone_number", "otp"));
    expect(refusals(answers)).toHaveLength(answers.length);
  });

  test("POST /webhooks/telnyx/{delivery_id}, not signed: 401 or too large", async () => {
    const answers = await post("/webhooks/telnyx/dl_1", hostileBodies("data"));
    for (const { statusCode } of answers) expect([401, 413]).toContain(statusCode);
  });

  test("POST /webhooks/telnyx/{delivery_id}, signed", async () => {
    const bodies = hostileBodies("data").map(String);
    const left = await api.created(async () => {
      for (const body of bodies) await post(`/webhooks/telnyx/dl_${"A".repeat(32)}_1`, [body], signed(body));
    });
    expect(left).toEqual([]);
  });
});
