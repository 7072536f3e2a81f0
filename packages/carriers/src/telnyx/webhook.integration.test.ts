import { buildSimulator, simulatorPublicKey } from "@watchword/simulator";
import { expect, onTestFinished, test } from "vitest";
import { WebhookSignatureError } from "../carrier.ts";
import { senderTo } from "./answering-server.fixture.ts";
import { type RawWebhook, startWebhookReceiver } from "./webhook-receiver.fixture.ts";
import { createTelnyxWebhookReader } from "./webhook.ts";

const reader = createTelnyxWebhookReader(simulatorPublicKey);

/** Sends a message through a simulated carrier, and gives the first webhooks that it posts. */
async function webhooksOf(to: string, count: number, signingSeed?: Uint8Array) {
  const receiver = await startWebhookReceiver();
  const simulator = buildSimulator(signingSeed && { signingSeed });
  const address = await simulator.listen({ host: "127.0.0.1", port: 0 });
  onTestFinished(() => simulator.close());

  const sent = await senderTo(`${address}/v2`).send({ to, text: "123456 is your code", webhookUrl: receiver.url });
  return { sent, webhooks: await receiver.first(count) };
}

const readAll = (webhooks: readonly RawWebhook[]) =>
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
