import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { buildSimulator, simulatorPublicKey } from "@watchword/simulator";
import { expect, onTestFinished, test } from "vitest";
import { WebhookSignatureError } from "../carrier.ts";
import { senderTo } from "./answering-server.fixture.ts";
import { createTelnyxWebhookReader } from "./webhook.ts";

const reader = createTelnyxWebhookReader(simulatorPublicKey);

interface Webhook {
  rawBody: string;
  headers: Record<string, string>;
}

/** Sends a message through a simulated carrier, and gives the first webhooks that it posts. */
async function webhooksOf(to: string, count: number, signingSeed?: Uint8Array) {
  const received: Webhook[] = [];
  const arrivals = new EventTarget();
  const receive = async (request: IncomingMessage, response: ServerResponse) => {
    received.push({ rawBody: await text(request), headers: request.headers as Record<string, string> });
    response.end();
    arrivals.dispatchEvent(new Event("arrival"));
  };
  const server = createServer((request, response) => void receive(request, response)).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const simulator = buildSimulator(signingSeed && { signingSeed });
  const address = await simulator.listen({ host: "127.0.0.1", port: 0 });
  onTestFinished(() => simulator.close());

  const webhookUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks/telnyx/dl_1`;
  const sent = await senderTo(`${address}/v2`).send({ to, text: "123456 is your code", webhookUrl });
  while (received.length < count) await once(arrivals, "arrival");
  return { sent, webhooks: received.slice(0, count) };
}

const readAll = (webhooks: Webhook[]) =>
  Promise.all(webhooks.map(({ rawBody, headers }) => reader.read(rawBody, headers, "dl_1")));

test("the receipts of a message carry its id and its fate", async () => {
  const { sent, webhooks } = await webhooksOf("+14155550123", 2);
  const carrierId = sent.outcome === "sent" ? sent.carrierId : "";
  const receipt = { deliveryId: "dl_1", reason: null, carrierId };
  expect(await readAll(webhooks)).toEqual([
    { type: "receipt", eventId: expect.any(String), receipt: { ...receipt, status: "sent" } },
    { type: "receipt", eventId: expect.any(String), receipt: { ...receipt, status: "delivered" } },
  ]);
});

test("a failure comes with the reason that its code stands for", async () => {
  const { webhooks } = await webhooksOf("+14155550001", 2);
  expect((await readAll(webhooks))[1]).toMatchObject({ receipt: { status: "undelivered", reason: "landline" } });
});

test("an event that is posted twice has the same id both times", async () => {
  const { webhooks } = await webhooksOf("+14155550008", 4);
  const events = await readAll(webhooks);
  const ids = events.map((event) => event.type === "receipt" && event.eventId);
  expect(new Set(ids).size).toBe(2);
});

test("webhooks of a carrier with another key are refused", async () => {
  const { webhooks } = await webhooksOf("+14155550123", 1, Buffer.alloc(32, 7));
  await expect(readAll(webhooks)).rejects.toThrow(WebhookSignatureError);
});
