import { describe, expect, test } from "vitest";
import { KeyPresses } from "./key-presses.ts";
import { type PlacedCall, place, speech } from "./placed-call.fixture.ts";

const ask = { ...speech, valid_digits: "1", minimum_digits: 1, maximum_digits: 1, maximum_tries: 1 };

async function answered(to?: string) {
  const call = await place(to === undefined ? {} : { to });
  await call.find("call.answered");
  return call;
}

const press = async ({ app, to }: PlacedCall, digits: unknown, number: string = to) =>
  app.inject({ method: "POST", url: `/phones/${number}/keys`, payload: { digits } });

/** Asks for a key so many times, and gives what each asking ended with. */
async function asked({ actions, id, received, first }: PlacedCall, times: number) {
  const before = received.length;
  for (let time = 0; time < times; time += 1) await actions.gatherUsingSpeak(id, ask);
  const webhooks = (await first(before + times)).slice(before);
  return webhooks.map(({ type, payload }) => [type, payload["digits"], payload["status"]]);
}

describe("keys that a person was told to press", () => {
  test("are pressed one for each asking, and none when none is left", async () => {
    const call = await answered();
    expect((await press(call, "11")).json()).toEqual({ waiting: "11" });
    expect(await asked(call, 3)).toEqual([
      ["call.gather.ended", "1", "valid"],
      ["call.gather.ended", "1", "valid"],
      ["call.gather.ended", "", "timeout"],
    ]);
    expect((await call.phone(call.to)).calls[0]?.spoken).toEqual(Array(3).fill(speech.payload));
  });

  test("are invalid where the command does not take them", async () => {
    const call = await answered();
    await press(call, "51");
    expect(await asked(call, 2)).toEqual([
      ["call.gather.ended", "5", "invalid"],
      ["call.gather.ended", "1", "valid"],
    ]);
  });

  test("wait for one another, for the next call too, under any way of writing the number", async () => {
    const call = await answered("+14155550123");
    await press(call, "1", "1%20415-555-0123");
    expect((await press(call, "2", "%2B14155550123")).json()).toEqual({ waiting: "12" });
    await call.actions.hangup(call.id, {});
    const { data } = await call.client.calls.dial(call.request);
    expect(data?.call_control_id).not.toBe(call.id);
    await call.first(5);
    expect(await asked({ ...call, id: data?.call_control_id ?? "" }, 1)).toEqual([["call.gather.ended", "1", "valid"]]);
  });

  test("are not pressed by another number's person, by a machine, or for a command repeated with its id", async () => {
    const call = await answered("+14155550009");
    await press(call, "1", "+14155550123");
    await press(call, "1");
    expect(await asked(call, 1)).toEqual([["call.gather.ended", "", "timeout"]]);

    const other = await answered();
    await press(other, "11");
    const command = { ...ask, command_id: "once" };
    await other.actions.gatherUsingSpeak(other.id, command);
    await other.actions.gatherUsingSpeak(other.id, command);
    expect((await press(other, "*")).json()).toEqual({ waiting: "1*" });
  });

  test.each([undefined, "", "a", "1 1", 11, "1".repeat(101)])("cannot be %j", async (digits) => {
    const response = await press(await answered(), digits);
    expect(response.statusCode).toBe(400);
    expect(response.json()).toEqual({ error: expect.stringContaining("digits") });
  });
});

test("a number keeps no more than its first 100 keys", () => {
  const keys = new KeyPresses();
  keys.add("+101", "1".repeat(99));
  expect(keys.add("+101", "23")).toBe(`${"1".repeat(99)}2`);
});
