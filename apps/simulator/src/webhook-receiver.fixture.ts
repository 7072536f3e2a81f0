import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import type { Telnyx } from "telnyx";
import { onTestFinished } from "vitest";

type Unwrap = Telnyx["webhooks"]["unwrap"];

/** A webhook whose signature was good. */
export interface ReceivedWebhook {
  readonly type: string;
  readonly id: string;
  readonly payload: Record<string, unknown>;
  readonly attempt: number;
  readonly deliveredTo: string;
  readonly path: string;
}

export interface WebhookReceiver {
  readonly url: string;
  readonly received: readonly ReceivedWebhook[];
  /** What the SDK threw for the webhooks that it did not verify. */
  readonly rejected: readonly unknown[];
  /** Resolves with the first `count` webhooks once so many are there. */
  readonly first: (count: number) => Promise<readonly ReceivedWebhook[]>;
  /** Resolves with the first webhook of the type, come or still to come. */
  readonly find: (type: string) => Promise<ReceivedWebhook>;
}

/** @param respond the status for the webhook; a promise holds the acknowledgement back */
export async function startReceiver(
  unwrap: Unwrap,
  respond: (webhook: ReceivedWebhook) => number | Promise<number> = () => 200,
): Promise<WebhookReceiver> {
  const received: ReceivedWebhook[] = [];
  const rejected: unknown[] = [];
  const arrivals = new EventTarget();

  async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const webhook = await read(await text(request), request.headers, request.url ?? "", unwrap);
      received.push(webhook);
      arrivals.dispatchEvent(new Event("arrival"));
      response.writeHead(await respond(webhook)).end();
    } catch (error) {
      rejected.push(error);
      arrivals.dispatchEvent(new Event("arrival"));
      response.writeHead(200).end();
    }
  }

  const server = createServer((request, response) => void receive(request, response));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });

  async function until<Value>(probe: () => Value | undefined): Promise<Value> {
    for (;;) {
      const value = probe();
      if (value !== undefined) return value;
      await once(arrivals, "arrival");
    }
  }

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks`,
    received,
    rejected,
    first: (count) => until(() => (received.length + rejected.length >= count ? received.slice(0, count) : undefined)),
    find: (type) => until(() => received.find((webhook) => webhook.type === type)),
  };
}

async function read(
  rawBody: string,
  headers: IncomingHttpHeaders,
  path: string,
  unwrap: Unwrap,
): Promise<ReceivedWebhook> {
  const event = (await unwrap(rawBody, { headers: headers as Record<string, string> })) as unknown as {
    data: { event_type: string; id: string; payload: Record<string, unknown> };
    meta: { attempt: number; delivered_to: string };
  };
  const { event_type: type, id, payload } = event.data;
  return { type, id, payload, attempt: event.meta.attempt, deliveredTo: event.meta.delivered_to, path };
}
