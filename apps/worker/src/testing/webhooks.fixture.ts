import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { carriers, type WebhookEvent } from "@watchword/carriers";
import type { Queues } from "@watchword/otp-core/queue";
import { simulatorPublicKey } from "@watchword/simulator";
import { onTestFinished } from "vitest";

export interface WebhookReceiver {
  origin: string;
  url: (deliveryId: string) => string;
  /** The paths to which the carrier posted, oldest first. */
  paths: string[];
}

/**
 * Where the carrier reports; gone with the test.
 * @param queues take what it reports, as from the API; without them nobody hears of it
 * @param hold keeps an event back
 */
export async function receiveWebhooks(
  queues?: Queues,
  hold?: (event: WebhookEvent) => Promise<void> | void,
): Promise<WebhookReceiver> {
  const reader = carriers.telnyx.createWebhookReader(simulatorPublicKey);
  const paths: string[] = [];

  /** What the API does with a webhook. */
  async function receive(rawBody: string, headers: Record<string, string>, deliveryId: string): Promise<void> {
    const event = await reader.read(rawBody, headers, deliveryId);
    await hold?.(event);
    if (event.type === "call") await queues?.addCallEvent({ ...event.event, eventId: event.eventId });
    if (event.type === "receipt") await queues?.addReceipt(event.receipt, event.eventId);
  }

  const server = createServer((request, response) => {
    const path = request.url ?? "";
    paths.push(path);
    text(request)
      .then((body) => receive(body, request.headers as Record<string, string>, path.split("/").at(-1) ?? ""))
      .then(
        () => response.writeHead(200).end(),
        () => response.writeHead(500).end(),
      );
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { origin, url: (deliveryId) => `${origin}/webhooks/telnyx/${deliveryId}`, paths };
}
