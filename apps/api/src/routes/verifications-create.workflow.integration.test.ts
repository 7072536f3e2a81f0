import { hashApiKey } from "@watchword/config";
import type { Channel, WorkflowStep } from "@watchword/otp-core";
import { randomNumber } from "@watchword/otp-core/testing";
import { describe, expect, test } from "vitest";
import { fieldsOf, startTestApi } from "../testing/api.fixture.ts";

const api = await startTestApi();

/** The headers of an application with this workflow. */
function declare(id: string, ...channels: Channel[]) {
  const workflow = channels.map((channel): WorkflowStep => ({ channel, carrier: "telnyx", patienceSeconds: 20 }));
  const application = {
    id: `${id}-${crypto.randomUUID()}`,
    settings: { ...api.core.application.settings, workflow },
    keyHashes: [hashApiKey(id)],
  };
  return { application, headers: { authorization: `Bearer ${id}` } };
}

const callFirst = declare("call-first", "call", "sms");
const callsAlone = declare("calls-alone", "call");
const smsFirst = declare("sms-first", "sms", "call");
api.use([callFirst, callsAlone, smsFirst].map(({ application }) => application));

interface Body {
  channel: string;
  deliveries: { id: string; channel: string }[];
}

describe("POST /v1/verifications without a channel begins with the first step of the application's workflow", () => {
  test.each([
    ["a call, then an SMS", callFirst, "call"],
    ["calls alone", callsAlone, "call"],
    ["an SMS, then a call", smsFirst, "sms"],
  ] as const)("where that is %s", async (_what, { headers }, channel) => {
    const answer = await api.post("/v1/verifications", { to: randomNumber() }, headers);
    expect(answer.statusCode, answer.body).toBe(202);
    const { deliveries, ...body } = answer.json<Body>();
    expect(body.channel).toBe(channel);
    expect(deliveries).toMatchObject([{ channel }]);
    const deliveryId = deliveries[0]?.id ?? "";
    expect(JSON.parse((await api.job(`${channel}-telnyx`, deliveryId))["data"] ?? "")).toEqual({ deliveryId });
  });

  test("also where it is asked for in the two-endpoint form", async () => {
    const { headers } = callsAlone;
    const answer = await api.post("/auth/request-otp", { phone_number: randomNumber() }, headers);
    expect(answer.statusCode, answer.body).toBe(202);
    const id = answer.json<{ message_id: string }>().message_id;
    expect((await api.get(`/v1/verifications/${id}`, headers)).json()).toMatchObject({ channel: "call" });
  });
});

describe("POST /v1/verifications with a channel", () => {
  test("begins with that one, wherever it stands in the workflow", async () => {
    for (const [channel, { headers }] of [
      ["sms", callFirst],
      ["call", smsFirst],
    ] as const) {
      const answer = await api.post("/v1/verifications", { to: randomNumber(), channel }, headers);
      expect(answer.json()).toMatchObject({ channel, deliveries: [{ channel }] });
    }
  });

  test("400 where the workflow has none of it", async () => {
    const answer = await api.post("/v1/verifications", { to: randomNumber(), channel: "sms" }, callsAlone.headers);
    expect(answer.statusCode).toBe(400);
    expect(fieldsOf(answer)).toEqual(["channel"]);
  });
});

describe("POST /v1/verifications/{id}/resend without a channel takes the one that the verification began with", () => {
  test.each([
    ["where the workflow is calls alone", callsAlone, {}, "call"],
    ["where the workflow begins with a call", callFirst, {}, "call"],
    ["where an SMS was asked for", callFirst, { channel: "sms" }, "sms"],
    ["for a landline, which no SMS reaches", smsFirst, { to: "+442071838753" }, "call"],
  ] as const)("%s", async (_where, { headers }, body, channel) => {
    const started = await api.post("/v1/verifications", { to: randomNumber(), ...body }, headers);
    const { id } = started.json<{ id: string }>();
    await api.core.age(id, 30);
    const answer = await api.post(`/v1/verifications/${id}/resend`, undefined, headers);
    expect(answer.statusCode, answer.body).toBe(202);
    expect(answer.json<Body>().deliveries).toMatchObject([{ channel }, { channel }]);
  });
});
