import { buildSimulator } from "@watchword/simulator";
import { describe, expect, onTestFinished, test } from "vitest";
import { message, senderTo, startServer } from "./answering-server.fixture.ts";
import { type Behaviour, behaviours, inTurn } from "./behaviours.fixture.ts";
import type { TelnyxOptions } from "./client.ts";

/** A simulated carrier of the test's own, and a sender to it. */
async function simulated(options: Partial<TelnyxOptions> = {}) {
  const app = buildSimulator();
  const address = await app.listen({ host: "127.0.0.1", port: 0 });
  onTestFinished(() => app.close());
  const sender = senderTo(`${address}/v2`, options);
  const receiver = await startServer((response) => response.end());
  const send = (to: string) => sender.send({ to, text: message.text, webhookUrl: receiver.baseUrl });
  const phone = async (number: string) => {
    const { messages } = (await app.inject(`/phones/${encodeURIComponent(number)}`)).json<{
      messages: { id: string; from: string; text: string }[];
    }>();
    return messages;
  };
  return { send, phone };
}

describe("a message to the carrier", () => {
  test("arrives once, and is known by the carrier's id", async () => {
    const { send, phone } = await simulated();
    const result = await send("+14155550123");
    const arrived = await phone("+14155550123");
    expect(arrived).toMatchObject([{ from: "+14155550100", text: message.text }]);
    expect(result).toEqual({ outcome: "sent", carrierId: arrived[0]?.id });
  });

  test("says all that it needs, and where its receipts go, the profile's own webhooks excluded", async () => {
    const { baseUrl, requests } = await startServer((response) => response.end());
    await senderTo(baseUrl).send(message);
    expect(requests).toMatchObject([{ method: "POST", path: "/v2/messages" }]);
    expect(requests[0]?.headers.authorization).toBe("Bearer KEY_test");
    expect(requests[0]?.body).toEqual({
      from: "+14155550100",
      to: message.to,
      text: message.text,
      type: "SMS",
      webhook_url: message.webhookUrl,
      use_profile_webhooks: false,
    });
  });

  test.each([
    [{ from: "+14155550100", messagingProfileId: undefined }, { from: "+14155550100" }],
    [{ from: undefined, messagingProfileId: "p1" }, { messaging_profile_id: "p1" }],
    [
      { from: "Acme", messagingProfileId: "p1" },
      { from: "Acme", messaging_profile_id: "p1" },
    ],
  ])("comes from the sender of %j", async (options, expected) => {
    const { baseUrl, requests } = await startServer((response) => response.end());
    await senderTo(baseUrl, options).send(message);
    const { from, messaging_profile_id } = (requests[0]?.body ?? {}) as Record<string, unknown>;
    expect({ from, messaging_profile_id }).toEqual(expected);
  });
});

describe("a message that the carrier takes and keeps in a queue of its own", () => {
  const id = "3d6b56ea-07c4-42af-9460-685baaa3e603";

  test.each([
    [14_400, { heldMs: 14_400_000 }],
    [0.25, { heldMs: 250 }],
    [1e308, { heldMs: 86_400_000 }],
    [0, {}],
    [null, {}],
    [-1, {}],
    ["10", {}],
    [undefined, {}],
  ])("is sent, with the time that wait_seconds %j says", async (wait_seconds, held) => {
    const { baseUrl } = await startServer((response) => {
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ data: { id, wait_seconds } }));
    });
    expect(await senderTo(baseUrl).send(message)).toEqual({ outcome: "sent", carrierId: id, ...held });
  });
});

describe("what the carrier does with a message decides on its outcome", () => {
  const invalidNumber = { outcome: "failed", reason: "invalid_number", carrierCode: "40310" };
  const sent = { outcome: "sent", carrierId: expect.any(String) };

  test.each([
    ...behaviours(sent),
    ["0001", "takes it, and reports later that it failed", [sent], 0],
    ["0002", "takes it, and never reports", [sent], 1],
    ["0006", "refuses the number", [invalidNumber, invalidNumber], 0],
  ] satisfies Behaviour[])("%s: %s", async (ending, _behaviour, outcomes, arrived) => {
    const { send, phone } = await simulated();
    const to = `+1415555${ending}`;
    expect(await inTurn(outcomes.length, () => send(to))).toEqual(outcomes);
    expect(await phone(to)).toHaveLength(arrived);
  });

  test("0004: never answers", async () => {
    const { send } = await simulated({ timeoutMs: 200 });
    expect(await send("+14155550004")).toEqual({ outcome: "uncertain", reason: "timeout" });
  });

  test("a connection that was reset does not spoil the next message", async () => {
    const { send } = await simulated({ connections: 1 });
    await send("+14155550005");
    expect(await send("+14155550123")).toEqual(sent);
  });

  test("a number that the carrier does not take is its refusal, not an error", async () => {
    const { send } = await simulated();
    expect(await send("not a number")).toEqual(invalidNumber);
  });
});

test("nobody at the carrier's address: surely not sent, and worth another try", async () => {
  const { baseUrl, close } = await startServer((response) => response.end());
  await close();
  const unreachable = { outcome: "retry", reason: "carrier_unreachable" };
  expect(await senderTo(baseUrl).send(message)).toEqual(unreachable);
  // A name with several addresses fails as a group of errors.
  expect(await senderTo(baseUrl.replace("127.0.0.1", "localhost")).send(message)).toEqual(unreachable);
});
