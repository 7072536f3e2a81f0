import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { onTestFinished } from "vitest";

export interface RawWebhook {
  rawBody: string;
  headers: Record<string, string>;
}

export interface WebhookReceiver {
  url: string;
  received: readonly RawWebhook[];
  /** Resolves with the first `count` webhooks once so many are there. */
  first(count: number): Promise<readonly RawWebhook[]>;
}

/** Takes webhooks as they come, unread; gone when the test is. */
export async function startWebhookReceiver(): Promise<WebhookReceiver> {
  const received: RawWebhook[] = [];
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
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks/telnyx/dl_1`,
    received,
    async first(count) {
      while (received.length < count) await once(arrivals, "arrival");
      return received.slice(0, count);
    },
  };
}
