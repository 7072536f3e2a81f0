import { randomUUID } from "node:crypto";
import { Agent } from "undici";
import type { WebhookManner } from "./behaviours.ts";
import { postWebhook } from "./post-webhook.ts";
import type { WebhookSigner } from "./signing.ts";
import type { Timers } from "./timers.ts";
import { Turnstile } from "./turnstile.ts";

// Telnyx: 2xx within 2 s, up to 3 tries per URL, then the failover URL (Receiving webhooks, docs of 2026-04).
const timeoutMs = 2000;
const pausesBeforeTryMs = [0, 100, 400] as const;
// What waits for its turn is neither serialised nor signed yet: a long queue is then a small one.
const concurrentTries = 256;

export interface TelnyxEvent {
  readonly record_type: "event";
  readonly event_type: string;
  readonly id: string;
  readonly occurred_at: string;
  readonly payload: object;
}

export interface WebhookTarget {
  /** In order of preference: the next one is used when the one before took none of the tries. */
  readonly urls: readonly string[];
  readonly manner: WebhookManner;
}

export function createEvent(type: string, payload: object, occurredAt: string): TelnyxEvent {
  return { record_type: "event", event_type: type, id: randomUUID(), occurred_at: occurredAt, payload };
}

export class WebhookSender {
  readonly #signer: WebhookSigner;
  readonly #timers: Timers;
  readonly #now: () => number;
  readonly #turnstile = new Turnstile(concurrentTries);
  readonly #agent = new Agent({
    connections: concurrentTries,
    connectTimeout: timeoutMs,
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    keepAliveTimeout: 10_000,
  });

  constructor(signer: WebhookSigner, timers: Timers, now: () => number) {
    this.#signer = signer;
    this.#timers = timers;
    this.#now = now;
  }

  /** Each event once it was taken, or given up, before the next one. Never rejects. */
  async send({ urls, manner }: WebhookTarget, events: readonly TelnyxEvent[]): Promise<void> {
    if (urls.length === 0) return;
    for (const event of arrange(manner, events)) await this.#deliver(urls, event);
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  async #deliver(urls: readonly string[], event: TelnyxEvent): Promise<void> {
    for (const url of urls) {
      for (const [index, pauseMs] of pausesBeforeTryMs.entries()) {
        if (pauseMs > 0) await this.#timers.wait(pauseMs);
        await this.#turnstile.enter();
        const isDone = this.#timers.closed || (await this.#isTaken(url, event, index + 1));
        this.#turnstile.leave();
        if (isDone) return;
      }
    }
  }

  async #isTaken(url: string, event: TelnyxEvent, attempt: number): Promise<boolean> {
    const rawBody = JSON.stringify({ data: event, meta: { attempt, delivered_to: url } });
    const timestamp = String(Math.floor(this.#now() / 1000));
    try {
      const headers = {
        "content-type": "application/json",
        "telnyx-signature-ed25519": await this.#signer.sign(timestamp, rawBody),
        "telnyx-timestamp": timestamp,
        "user-agent": "telnyx-webhooks",
      };
      const status = await postWebhook(this.#agent, url, headers, rawBody);
      return status >= 200 && status < 300;
    } catch {
      return false;
    }
  }
}

function arrange(manner: WebhookManner, events: readonly TelnyxEvent[]): readonly TelnyxEvent[] {
  switch (manner) {
    case "ordinary":
      return events;
    case "silent":
      return [];
    case "unruly":
      return events.toReversed().flatMap((event) => [event, event]);
  }
}
