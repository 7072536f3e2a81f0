import Telnyx from "telnyx";
import { describe, expect, test } from "vitest";
import { failure, firstError, startSimulator } from "./simulator.fixture.ts";

const from = "+14155559999";
const text = "Your Acme code is 123456";

async function start(ending: string) {
  const simulator = await startSimulator();
  const receiver = await simulator.startReceiver();
  const to = `+1415555${ending}`;
  const other = "+14155550123";
  return {
    ...simulator,
    ...receiver,
    to,
    send: () => simulator.client.messages.send({ to, from, text, webhook_url: receiver.url }),
    texts: async () => (await simulator.phone(to)).messages.map((message) => message.text),
    /** Whatever this number's webhooks were to be, those of a later message to an ordinary number come after them. */
    webhooksUntilOthers: async () => {
      await simulator.client.messages.send({ to: other, from, text, webhook_url: receiver.url });
      await receiver.find("message.finalized");
      return receiver.received.filter(({ payload }) => JSON.stringify(payload["to"]).includes(to));
    },
  };
}

describe("a message to a number that ends in", () => {
  test("0001 is accepted, then reported undeliverable, and reaches no phone", async () => {
    const { send, first, texts } = await start("0001");
    await send();
    const [sent, finalized] = await first(2);
    expect(sent?.payload).toMatchObject({ to: [{ status: "sent" }] });
    expect(finalized).toMatchObject({
      type: "message.finalized",
      payload: { to: [{ status: "delivery_failed" }], errors: [{ code: "40001" }] },
    });
    expect(await texts()).toEqual([]);
  });

  test("0002 is delivered and never has a receipt", async () => {
    const { send, texts, webhooksUntilOthers } = await start("0002");
    await send();
    expect(await texts()).toEqual([text]);
    expect(await webhooksUntilOthers()).toEqual([]);
  });

  test("0003 is answered 429 with Retry-After twice, then accepted, and so on in turn", async () => {
    const { send, texts } = await start("0003");
    for (const round of [1, 2]) {
      for (const _attempt of [1, 2]) {
        const error = await failure(send());
        expect(error).toBeInstanceOf(Telnyx.RateLimitError);
        expect((error as InstanceType<typeof Telnyx.APIError>).headers?.get("retry-after")).toBe("1");
        expect(firstError(error).code).toBe("10011");
      }
      await send();
      expect(await texts()).toHaveLength(round);
    }
  });

  test("0003 is counted by number", async () => {
    const { client, send } = await start("0003");
    await failure(send());
    await failure(send());
    await failure(client.messages.send({ to: "+14156660003", from, text }));
    await send();
  });

  test("0004 is taken, never answered and never delivered", async () => {
    const { client, to, texts } = await start("0004");
    const error = await failure(client.messages.send({ to, from, text }, { timeout: 100 }));
    expect(error).toBeInstanceOf(Telnyx.APIConnectionTimeoutError);
    expect(await texts()).toEqual([]);
  });

  test("0005 is delivered once with its receipts, over a connection that is reset", async () => {
    const { send, first, texts } = await start("0005");
    const error = await failure(send());
    expect(error).toBeInstanceOf(Telnyx.APIConnectionError);
    expect(rootCause(error)).toMatchObject({ code: "ECONNRESET" });
    expect((await first(2)).map(({ type }) => type)).toEqual(["message.sent", "message.finalized"]);
    expect(await texts()).toEqual([text]);
  });

  test("0006 is refused as an invalid destination, always", async () => {
    const { send, texts } = await start("0006");
    for (const _attempt of [1, 2, 3]) {
      const error = await failure(send());
      expect(error).toBeInstanceOf(Telnyx.BadRequestError);
      expect(firstError(error).code).toBe("40310");
    }
    expect(await texts()).toEqual([]);
  });

  test("0007 is answered 503 twice, then accepted", async () => {
    const { send, texts } = await start("0007");
    expect(await failure(send())).toMatchObject({ status: 503 });
    expect(await failure(send())).toBeInstanceOf(Telnyx.InternalServerError);
    await send();
    expect(await texts()).toEqual([text]);
  });

  test("0008 has its receipts before the answer, each twice as one event, the last first", async () => {
    const { send, received, texts } = await start("0008");
    const { data } = await send();
    expect(received.map(({ type }) => type)).toEqual([
      "message.finalized",
      "message.finalized",
      "message.sent",
      "message.sent",
    ]);
    const [finalized, finalizedAgain, sent, sentAgain] = received.map(({ id }) => id);
    expect([finalizedAgain, sentAgain]).toEqual([finalized, sent]);
    expect(finalized).not.toBe(sent);
    expect(received.every(({ payload }) => payload["id"] === data?.id)).toBe(true);
    expect(await texts()).toEqual([text]);
  });

  test.each(["0009", "0010", "0123"])("%s is delivered", async (ending) => {
    const { send, first, texts } = await start(ending);
    await send();
    expect((await first(2))[1]?.payload).toMatchObject({ to: [{ status: "delivered" }] });
    expect(await texts()).toEqual([text]);
  });

  test("0011 is delivered once without a receipt, over a connection that is reset", async () => {
    const { send, texts, webhooksUntilOthers } = await start("0011");
    expect(rootCause(await failure(send()))).toMatchObject({ code: "ECONNRESET" });
    expect(await texts()).toEqual([text]);
    expect(await webhooksUntilOthers()).toEqual([]);
  });

  test("0012 is answered 500 with HTML, always", async () => {
    const { address, to, send, texts } = await start("0012");
    for (const _attempt of [1, 2, 3]) {
      const error = await failure(send());
      expect(error).toBeInstanceOf(Telnyx.InternalServerError);
      expect(error).toMatchObject({ status: 500, error: undefined });
    }
    const response = await fetch(`${address}/v2/messages`, {
      method: "POST",
      headers: { authorization: "Bearer key", "content-type": "application/json" },
      body: JSON.stringify({ to, from, text }),
    });
    expect(response.headers.get("content-type")).toContain("text/html");
    expect(await texts()).toEqual([]);
  });
});

describe("a dial to a number that ends in", () => {
  const dial = (client: Telnyx, to: string, webhookUrl: string) =>
    client.calls.dial({ connection_id: "1", to, from, webhook_url: webhookUrl });

  test.each(["0001", "0002", "0006"])("%s is answered by a person: the row is about messages", async (ending) => {
    const { client, to, url, find } = await start(ending);
    await dial(client, to, url);
    await find("call.answered");
  });

  test.each([
    ["0003", 429],
    ["0007", 503],
  ])("%s is answered %d twice, then placed, apart from the messages to it", async (ending, status) => {
    const { client, to, url, find, send } = await start(ending);
    await failure(send());
    expect(await failure(dial(client, to, url))).toMatchObject({ status });
    expect(await failure(dial(client, to, url))).toMatchObject({ status });
    await dial(client, to, url);
    await find("call.answered");
  });

  test("0004 is taken, never answered and never placed", async () => {
    const { client, to, phone } = await start("0004");
    const error = await failure(client.calls.dial({ connection_id: "1", to, from }, { timeout: 100 }));
    expect(error).toBeInstanceOf(Telnyx.APIConnectionTimeoutError);
    expect((await phone(to)).calls).toEqual([]);
  });

  test("0005 is placed and reported, over a connection that is reset", async () => {
    const { client, to, url, find, phone } = await start("0005");
    expect(rootCause(await failure(dial(client, to, url)))).toMatchObject({ code: "ECONNRESET" });
    await find("call.answered");
    expect((await phone(to)).calls).toHaveLength(1);
  });

  test("0008 is reported before the answer, each event twice, the last first", async () => {
    const { client, to, url, received } = await start("0008");
    await dial(client, to, url);
    const expected = ["call.answered", "call.answered", "call.initiated", "call.initiated"];
    expect(received.map(({ type }) => type)).toEqual(expected);
  });

  test("0011 is placed, over a connection that is reset, and never reported", async () => {
    const { client, to, url, phone, webhooksUntilOthers } = await start("0011");
    expect(rootCause(await failure(dial(client, to, url)))).toMatchObject({ code: "ECONNRESET" });
    expect((await phone(to)).calls).toMatchObject([{ status: "answered" }]);
    expect(await webhooksUntilOthers()).toEqual([]);
  });

  test("0012 is answered 500, always, and never placed", async () => {
    const { client, to, url, phone } = await start("0012");
    for (const _attempt of [1, 2, 3]) {
      expect(await failure(dial(client, to, url))).toMatchObject({ status: 500, error: undefined });
    }
    expect((await phone(to)).calls).toEqual([]);
  });

  test("0003 is not asked again for the commands to its call", async () => {
    const { client, to, url, find } = await start("0003");
    for (const _attempt of [1, 2]) await failure(dial(client, to, url));
    const { data } = await dial(client, to, url);
    await find("call.answered");
    await client.calls.actions.speak(data?.call_control_id ?? "", { payload: "hello", voice: "female" });
    await find("call.speak.ended");
  });
});

function rootCause(error: unknown): unknown {
  return error instanceof Error && error.cause !== undefined ? rootCause(error.cause) : error;
}
