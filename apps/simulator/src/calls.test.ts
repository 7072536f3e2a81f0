import Telnyx from "telnyx";
import { describe, expect, test } from "vitest";
import { clientState, from, place, speech } from "./placed-call.fixture.ts";
import { failure, firstError } from "./simulator.fixture.ts";

describe("a call", () => {
  test("is placed, answered by a person, spoken to and hung up, with a webhook for each", async () => {
    const { data, id, to, actions, first, find, phone, rejected } = await place();
    expect(data).toMatchObject({ record_type: "call", is_alive: false, client_state: clientState });
    expect(data?.call_leg_id).toMatch(/^[0-9a-f-]{36}$/);

    await find("call.answered");
    expect((await phone(to)).calls).toMatchObject([{ id, to, status: "answered", spoken: [] }]);
    const { data: spoken } = await actions.speak(id, speech);
    expect(spoken?.result).toBe("ok");
    await find("call.speak.ended");
    await actions.hangup(id, {});
    await find("call.hangup");

    const webhooks = await first(4);
    const ids = { call_control_id: id, call_leg_id: data?.call_leg_id, call_session_id: data?.call_session_id };
    const common = { ...ids, connection_id: "7267", client_state: clientState };
    const ends = { from, to, start_time: expect.any(String) };
    expect(webhooks.map(({ type, payload }) => [type, payload])).toEqual([
      ["call.initiated", { ...common, ...ends, direction: "outgoing", state: "bridging" }],
      ["call.answered", { ...common, ...ends, state: "answered" }],
      ["call.speak.ended", { ...common, status: "completed" }],
      [
        "call.hangup",
        {
          ...common,
          ...ends,
          state: "hangup",
          hangup_cause: "normal_clearing",
          hangup_source: "caller",
          sip_hangup_cause: "200",
        },
      ],
    ]);
    expect(rejected).toEqual([]);
    expect((await phone(to)).calls).toMatchObject([{ status: "completed", spoken: [speech.payload] }]);
  });

  test("that asks for digits is told that none came, and stays up", async () => {
    const { id, to, actions, find, phone } = await place();
    await find("call.answered");
    await actions.gatherUsingSpeak(id, { ...speech, maximum_digits: 1 });
    expect((await find("call.gather.ended")).payload).toMatchObject({ digits: "", status: "timeout", from, to });
    expect((await phone(to)).calls).toMatchObject([{ status: "answered", spoken: [speech.payload] }]);
  });

  test("to 0009 is picked up by a machine", async () => {
    const { to, find, phone } = await place({
      to: "+14155550009",
      dial: { answering_machine_detection: "detect" },
    });
    expect((await find("call.machine.detection.ended")).payload).toMatchObject({ result: "machine" });
    expect((await phone(to)).calls).toMatchObject([{ status: "machine" }]);
  });

  test.each([
    ["+14155550123", "detect_beep", "call.machine.detection.ended", "human"],
    ["+14155550123", "premium", "call.machine.premium.detection.ended", "human_residence"],
    ["+14155550009", "premium", "call.machine.premium.detection.ended", "machine"],
  ] as const)("to %s with detection %s ends in %s: %s", async (to, detection, type, result) => {
    const { find, first } = await place({ to, dial: { answering_machine_detection: detection } });
    expect((await find(type)).payload).toMatchObject({ result });
    expect((await first(3)).map((webhook) => webhook.type)).toEqual(["call.initiated", "call.answered", type]);
  });

  test("to 0010 is busy and takes no commands", async () => {
    const { id, to, actions, first, phone } = await place({ to: "+14155550010" });
    const [, hangup] = await first(2);
    expect(hangup).toMatchObject({ type: "call.hangup", payload: { hangup_cause: "user_busy" } });
    expect((await phone(to)).calls).toMatchObject([{ status: "busy" }]);
    expect(firstError(await failure(actions.speak(id, speech))).code).toBe("90018");
  });

  test.each([
    [undefined, "timeout"],
    [false, "no_answer"],
  ])("to 0013 is answered by nobody: with retry_on_timeout %s it ends as %s, at once", async (retry, cause) => {
    const to = "+14155550013";
    const { id, actions, first, phone } = await place({
      to,
      dial: retry === undefined ? {} : { retry_on_timeout: retry },
    });
    const webhooks = await first(2);
    expect(webhooks.map(({ type }) => type)).toEqual(["call.initiated", "call.hangup"]);
    expect(webhooks[1]?.payload).toMatchObject({ hangup_cause: cause });
    expect((await phone(to)).calls).toMatchObject([{ status: "unanswered", spoken: [] }]);
    expect(firstError(await failure(actions.speak(id, speech))).code).toBe("90018");
  });

  test.each([
    ["gatherUsingSpeak", "call.gather.ended", { digits: "", status: "call_hangup" }],
    ["speak", "call.speak.ended", { status: "call_hangup" }],
  ] as const)("to 0014 is hung up by the person during %s", async (command, type, ended) => {
    const { id, to, actions, find, received, phone } = await place({ to: "+14155550014" });
    await find("call.answered");
    await actions[command](id, speech);
    const hangup = await find("call.hangup");
    expect((await find(type)).payload).toMatchObject(ended);
    expect(hangup.payload).toMatchObject({ hangup_cause: "normal_clearing", hangup_source: "callee" });
    expect(received.map((webhook) => webhook.type).slice(-2)).toEqual([type, "call.hangup"]);
    expect((await phone(to)).calls).toMatchObject([{ status: "completed", spoken: [speech.payload] }]);
    expect(firstError(await failure(actions.hangup(id, {}))).code).toBe("90018");
  });

  test("ends at its time limit", async () => {
    const { find } = await place({ dial: { time_limit_secs: 1 } });
    expect((await find("call.hangup")).payload).toMatchObject({ hangup_cause: "time_limit" });
  });

  test("hung up while it rings is canceled and never answered", async () => {
    const ringing = Promise.withResolvers<number>();
    const { id, to, actions, find, received, phone } = await place({ respond: () => ringing.promise });
    await actions.hangup(id, {});
    ringing.resolve(200);
    expect((await find("call.hangup")).payload).toMatchObject({ hangup_cause: "originator_cancel" });
    expect(received.map(({ type }) => type)).toEqual(["call.initiated", "call.hangup"]);
    expect((await phone(to)).calls).toMatchObject([{ status: "canceled" }]);
  });

  test("goes on without a webhook URL", async () => {
    const { id, to, actions, phone } = await place({ dial: { webhook_url: undefined as unknown as string } });
    await actions.speak(id, speech);
    expect((await phone(to)).calls).toMatchObject([{ status: "answered", spoken: [speech.payload] }]);
  });
});

describe("a command", () => {
  test("to an unknown call is refused with 90015", async () => {
    const { actions } = await place();
    const error = await failure(actions.speak("v3:nobody", speech));
    expect(error).toBeInstanceOf(Telnyx.UnprocessableEntityError);
    expect(firstError(error).code).toBe("90015");
  });

  test("before the answer is refused with 90034, and later taken", async () => {
    const ringing = Promise.withResolvers<number>();
    const { id, actions, find } = await place({ respond: () => ringing.promise });
    const error = await failure(actions.speak(id, speech));
    expect(error).toBeInstanceOf(Telnyx.UnprocessableEntityError);
    expect(firstError(error).code).toBe("90034");
    ringing.resolve(200);
    await find("call.answered");
    await actions.speak(id, speech);
  });

  test("after the end is refused with 90018", async () => {
    const { id, actions, find } = await place();
    await find("call.answered");
    await actions.hangup(id, {});
    for (const late of [actions.speak(id, speech), actions.hangup(id, {}), actions.gatherUsingSpeak(id, speech)]) {
      const error = await failure(late);
      expect(error).toBeInstanceOf(Telnyx.UnprocessableEntityError);
      expect(firstError(error).code).toBe("90018");
    }
  });

  test("repeated with its id within 60 seconds has no second effect, and later has", async () => {
    let nowMs = Date.now();
    const { id, to, actions, find, phone, received } = await place({ options: { now: () => nowMs } });
    await find("call.answered");
    const command = { ...speech, command_id: "speak once" };
    await actions.speak(id, command);
    nowMs += 59_000;
    const { data } = await actions.speak(id, command);
    expect(data?.result).toBe("ok");
    expect((await phone(to)).calls[0]?.spoken).toEqual([speech.payload]);
    nowMs += 1000;
    await actions.speak(id, command);
    expect((await phone(to)).calls[0]?.spoken).toEqual([speech.payload, speech.payload]);
    await actions.hangup(id, { command_id: "end" });
    await actions.hangup(id, { command_id: "end" });
    await find("call.hangup");
    expect(received.filter(({ type }) => type === "call.speak.ended")).toHaveLength(2);
  });

  test("sets the client state of every later webhook", async () => {
    const { id, actions, find } = await place();
    await find("call.answered");
    const later = Buffer.from("later").toString("base64");
    await actions.speak(id, { ...speech, client_state: later });
    expect((await find("call.speak.ended")).payload["client_state"]).toBe(later);
    await actions.hangup(id, {});
    expect((await find("call.hangup")).payload["client_state"]).toBe(later);
  });

  test("with a missing, wrong or too long parameter is refused with its pointer", async () => {
    const { id, actions, find } = await place();
    await find("call.answered");
    const refusals = [
      { payload: "x", client_state: "AA==" },
      { ...speech, payload: "x".repeat(3001) },
      { ...speech, client_state: "not base64!" },
    ].map(async (body) => firstError(await failure(actions.speak(id, body as Telnyx.Calls.ActionSpeakParams))));
    expect(await Promise.all(refusals)).toEqual([
      { code: "10004", pointer: "/voice" },
      { code: "10015", pointer: "/payload" },
      { code: "10015", pointer: "/client_state" },
    ]);
  });
});

describe("a dial", () => {
  test("repeated with its command id within 60 seconds answers with the same call and rings once", async () => {
    let nowMs = Date.now();
    const { client, id, to, request, find, phone } = await place({
      dial: { command_id: "dial once" },
      options: { now: () => nowMs },
    });
    await find("call.answered");
    expect((await client.calls.dial(request)).data?.call_control_id).toBe(id);
    expect((await phone(to)).calls).toHaveLength(1);
    nowMs += 60_000;
    expect((await client.calls.dial(request)).data?.call_control_id).not.toBe(id);
    expect((await phone(to)).calls).toHaveLength(2);
  });

  test("with a wrong parameter is refused with its pointer", async () => {
    const { client, request } = await place();
    const refusal = async (wrong: object) => firstError(await failure(client.calls.dial({ ...request, ...wrong })));
    expect(await refusal({ to: "4155550123" })).toEqual({ code: "10016", pointer: "/to" });
    expect(await refusal({ connection_id: undefined })).toEqual({ code: "10004", pointer: "/connection_id" });
    expect(await refusal({ timeout_secs: 4 })).toEqual({ code: "10015", pointer: "/timeout_secs" });
  });
});
