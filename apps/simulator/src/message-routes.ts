import type { FastifyInstance } from "fastify";
import type { RequestAnswerer } from "./answer-request.ts";
import { messageBehaviour } from "./behaviours.ts";
import { type OutboundMessage, acceptMessage, messageRequest, receipts } from "./messages.ts";
import { parseRequest } from "./parse-request.ts";
import type { PhoneMessage, Phones } from "./phones.ts";
import { webhookUrls } from "./webhook-url.ts";
import type { WebhookSender } from "./webhooks.ts";

export interface MessageRoutesOptions {
  readonly answerer: RequestAnswerer;
  readonly phones: Phones;
  readonly webhooks: WebhookSender;
  readonly now: () => number;
}

export function messageRoutes(app: FastifyInstance, { answerer, phones, webhooks, now }: MessageRoutesOptions): void {
  app.post("/messages", (request, reply) => {
    const parsed = parseRequest(messageRequest, request.body);
    const message = acceptMessage(parsed, now());
    const behaviour = messageBehaviour(parsed.to);
    const target = { urls: webhookUrls(parsed), manner: behaviour.webhooks };

    return answerer.answer(reply, `message to ${parsed.to}`, behaviour, () => {
      if (behaviour.outcome === "delivered") phones.deliver(asOnPhone(message));
      return {
        body: { data: message },
        sendWebhooks: () => webhooks.send(target, receipts(message, behaviour.outcome, now())),
      };
    });
  });
}

function asOnPhone({ id, from, to, text, received_at: at }: OutboundMessage): PhoneMessage {
  return { id, from: from.phone_number, to: to[0].phone_number, text, at };
}
