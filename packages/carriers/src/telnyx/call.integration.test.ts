import { buildSimulator, simulatorPublicKey } from "@watchword/simulator";
import { describe, expect, onTestFinished, test } from "vitest";
import type { CommandOutcome } from "../carrier.ts";
import { call, callerTo, startServer } from "./answering-server.fixture.ts";
import { behaviours, inTurn } from "./behaviours.fixture.ts";
import type { TelnyxCallerOptions } from "./call.ts";
import { startWebhookReceiver } from "./webhook-receiver.fixture.ts";
import { createTelnyxWebhookReader } from "./webhook.ts";

const reader = createTelnyxWebhookReader(simulatorPublicKey);
const words = {
  text: "Your code is: 1, 2, 3; press 1 to hear it again.",
  language: "en-US",
  voice: "AWS.Polly.Joanna",
};

interface PhoneCall {
  id: string;
  status: string;
  spoken: string[];
}

/** A simulated carrier of the test's own, a caller to it, and what its webhooks say. */
async function simulated(options: Partial<TelnyxCallerOptions> = {}) {
  const app = buildSimulator();
  const address = await app.listen({ host: "127.0.0.1", port: 0 });
  onTestFinished(() => app.close());
  const caller = callerTo(`${address}/v2`, options);
  const receiver = await startWebhookReceiver();
  let dials = 0;
  const dial = (to: string, commandId = `dial ${(dials += 1)}`) =>
    caller.dial({ to, webhookUrl: receiver.url, commandId });
  const calls = async (number: string) =>
    (await app.inject(`/phones/${encodeURIComponent(number)}`)).json<{ calls: PhoneCall[] }>().calls;
  const press = (number: string, digits: string) =>
    app.inject({ method: "POST", url: `/phones/${encodeURIComponent(number)}/keys`, payload: { digits } });
  /** The first so many events that say something, in words. */
  const events = async (count: number) => {
    const said: string[] = [];
    for (let read = 1; said.length < count; read += 1) {
      const [webhook] = (await receiver.first(read)).slice(-1);
      if (!webhook) throw new Error("no webhook");
      const event = await reader.read(webhook.rawBody, webhook.headers, "dl_1");
      if (event.type === "call") said.push([event.event.event, event.event.reason ?? []].flat().join(" "));
    }
    return said;
  };
  return { caller, dial, calls, press, events };
}

/** A call that is answered; its id. */
async function answered(to = "+14155550123") {
  const simulation = await simulated();
  const result = await simulation.dial(to);
  await simulation.events(3);
  return { ...simulation, to, callId: result.outcome === "sent" ? result.carrierId : "" };
}

describe("a dial", () => {
  test("says all that it needs, and nothing that comes back with every webhook", async () => {
    const { baseUrl, requests } = await startServer((response) => response.end());
    await callerTo(baseUrl).dial(call);
    expect(requests).toMatchObject([{ method: "POST", path: "/v2/calls" }]);
    expect(requests[0]?.headers.authorization).toBe("Bearer KEY_test");
    expect(requests[0]?.body).toEqual({
      connection_id: "7267000000000000001",
      to: call.to,
      from: "+14155550100",
      webhook_url: call.webhookUrl,
      command_id: call.commandId,
      answering_machine_detection: "detect",
      timeout_secs: 30,
      retry_on_timeout: false,
      time_limit_secs: 120,
    });
  });

  test("rings once, and is known by the call's id, which its events carry", async () => {
    const { dial, calls, events } = await simulated();
    const result = await dial("+14155550123");
    const arrived = await calls("+14155550123");
    expect(arrived).toHaveLength(1);
    expect(result).toEqual({ outcome: "sent", carrierId: arrived[0]?.id });
    expect(await events(3)).toEqual(["ringing", "answered", "person"]);
  });

  test("repeated with its command's id rings once", async () => {
    const { dial, calls } = await simulated();
    const first = await dial("+14155550123", "once");
    expect(await dial("+14155550123", "once")).toEqual(first);
    expect(await calls("+14155550123")).toHaveLength(1);
  });

  const sent = { outcome: "sent", carrierId: expect.stringMatching(/^v3:/) };

  test.each(behaviours(sent))(
    "has the outcomes of a message where the carrier %s: %s",
    async (ending, _behaviour, outcomes, placed) => {
      const { dial, calls } = await simulated();
      const to = `+1415555${ending}`;
      expect(await inTurn(outcomes.length, () => dial(to))).toEqual(outcomes);
      expect(await calls(to)).toHaveLength(placed);
    },
  );

  test("is uncertain where the carrier 0004 never answers", async () => {
    const { dial } = await simulated({ timeoutMs: 1000 });
    expect(await dial("+14155550004")).toEqual({ outcome: "uncertain", reason: "timeout" });
  });

  test("to a number that the carrier does not take is its refusal, not an error", async () => {
    const { dial } = await simulated();
    expect(await dial("not a number")).toEqual({ outcome: "failed", reason: "invalid_number", carrierCode: "10016" });
  });

  test.each([
    [{ from: "Acme" }, { outcome: "failed", reason: "invalid_sender", carrierCode: "10016" }],
    [{ connectionId: "" }, { outcome: "failed", reason: "carrier_configuration", carrierCode: "10004" }],
    [
      { from: undefined, messagingProfileId: "p1" },
      { outcome: "failed", reason: "invalid_sender" },
    ],
  ])("with the setting %j fails for good, with a reason that names it", async (options, expected) => {
    const { dial, calls } = await simulated(options);
    expect(await dial("+14155550123")).toEqual(expected);
    expect(await calls("+14155550123")).toEqual([]);
  });
});

describe("how a call ends is told in words of our own", () => {
  test.each([
    ["0010", ["ringing", "ended busy"]],
    ["0013", ["ringing", "ended no_answer"]],
    ["0009", ["ringing", "answered", "machine"]],
  ])("%s", async (ending, said) => {
    const { dial, events } = await simulated();
    await dial(`+1415555${ending}`);
    expect(await events(said.length)).toEqual(said);
  });
});

describe("a command to speak", () => {
  test("asks for one key 1, once, for a few seconds", async () => {
    const { baseUrl, requests } = await startServer((response) => response.end());
    await callerTo(baseUrl).speak({ callId: "v3:a_b-1", commandId: "c1", ...words });
    expect(requests).toMatchObject([{ method: "POST", path: "/v2/calls/v3:a_b-1/actions/gather_using_speak" }]);
    expect(requests[0]?.body).toEqual({
      payload: words.text,
      payload_type: "text",
      voice: words.voice,
      language: "en-US",
      command_id: "c1",
      valid_digits: "1",
      minimum_digits: 1,
      maximum_digits: 1,
      maximum_tries: 1,
      timeout_millis: 5000,
    });
  });

  test("is heard, again for each key 1, until no key comes; then the call is hung up", async () => {
    const { caller, calls, press, events, callId, to } = await answered();
    await press(to, "11");
    for (const commandId of ["s1", "s2", "s3"])
      expect(await caller.speak({ callId, commandId, ...words })).toEqual({ outcome: "done" });
    expect(await caller.hangUp({ callId, commandId: "end" })).toEqual({ outcome: "done" });
    const said = ["ringing", "answered", "person", "repeat", "repeat", "spoken", "ended completed"];
    expect(await events(said.length)).toEqual(said);
    expect(await calls(to)).toMatchObject([{ status: "completed", spoken: Array(3).fill(words.text) }]);
  });

  test("is heard once however often it is repeated with its id", async () => {
    const { caller, calls, callId, to } = await answered();
    for (const _time of [1, 2, 3])
      expect(await caller.speak({ callId, commandId: "once", ...words })).toEqual({ outcome: "done" });
    expect((await calls(to))[0]?.spoken).toEqual([words.text]);
  });

  test("to a person who hangs up meanwhile ends the call, and nothing says that it was heard", async () => {
    const { caller, events, callId } = await answered("+14155550014");
    await caller.speak({ callId, commandId: "s1", ...words });
    expect(await events(4)).toEqual(["ringing", "answered", "person", "ended completed"]);
    expect(await caller.speak({ callId, commandId: "s2", ...words })).toEqual({
      outcome: "over",
      reason: "call_ended",
    });
  });
});

test("any command to a call that is over, or that never was, comes too late", async () => {
  const { caller, callId } = await answered();
  await caller.hangUp({ callId, commandId: "end" });
  const over = (reason: string): CommandOutcome => ({ outcome: "over", reason });
  expect(await caller.hangUp({ callId, commandId: "again" })).toEqual(over("call_ended"));
  expect(await caller.speak({ callId, commandId: "s1", ...words })).toEqual(over("call_ended"));
  expect(await caller.hangUp({ callId: "v3:none", commandId: "end" })).toEqual(over("call_not_found"));
  expect(await caller.speak({ callId: "v3:none", commandId: "s1", ...words })).toEqual(over("call_not_found"));
});

test("nobody at the carrier's address: worth another try, for a dial as for a command", async () => {
  const { baseUrl, close } = await startServer((response) => response.end());
  await close();
  const caller = callerTo(baseUrl);
  const unreachable = { outcome: "retry", reason: "carrier_unreachable" };
  expect(await caller.dial(call)).toEqual(unreachable);
  expect(await caller.hangUp({ callId: "v3:a", commandId: "end" })).toEqual(unreachable);
});
