import { WebhookFormatError, WebhookSignatureError } from "@watchword/carriers";
import { parseDeliveryId } from "@watchword/otp-core";
import type { FastifyInstance } from "fastify";
import type { ApiDeps } from "../deps.ts";
import type { WebhookResult } from "../metrics.ts";
import { refusal, sendProblem } from "../plugins/problems.ts";
import { problemDocs } from "../schemas/problem-docs.ts";

/** Events of Telnyx are a few KiB; its contract here allows 64. */
const BODY_LIMIT_BYTES = 64 * 1024;

/** Verifies and enqueues what a carrier reports; a worker acts on it. Has its own parser: the signature covers the raw body. */
export function webhooksTelnyx(app: FastifyInstance, { telnyx, queues, metrics }: ApiDeps): void {
  const count = (result: WebhookResult) => metrics?.webhook("telnyx", result);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "string", bodyLimit: BODY_LIMIT_BYTES }, (_request, body, done) =>
    done(null, body),
  );

  app.post<{ Params: { delivery_id: string }; Body: unknown }>(
    "/webhooks/telnyx/:delivery_id",
    { bodyLimit: BODY_LIMIT_BYTES, schema: { hide: true } },
    async (request, reply) => {
      const { delivery_id: deliveryId } = request.params;
      const body = typeof request.body === "string" ? request.body : "";
      const headers = Object.fromEntries(
        Object.entries(request.headers).flatMap(([name, value]) => (typeof value === "string" ? [[name, value]] : [])),
      );
      try {
        const event = await telnyx.read(body, headers, deliveryId);
        if (event.type === "unsupported") {
          request.log.debug({ event_type: event.eventType }, "webhook of no use");
          count("unsupported");
        } else if (parseDeliveryId(deliveryId) === undefined) {
          request.log.info("webhook for no delivery of ours");
          count("unknown_delivery");
        } else if (event.type === "call") {
          await queues.addCallEvent({ ...event.event, eventId: event.eventId });
          count("accepted");
        } else {
          await queues.addReceipt(event.receipt, event.eventId);
          count("accepted");
        }
        return await reply.code(200).send({ received: true });
      } catch (error) {
        if (error instanceof WebhookSignatureError) {
          request.log.warn("webhook refused: its signature is missing, wrong or stale");
          count("bad_signature");
          return sendProblem(reply, refusal("invalid_signature", problemDocs.invalid_signature.detail));
        }
        if (error instanceof WebhookFormatError) {
          request.log.warn({ reason: error.message }, "webhook refused: its body is not an event");
          count("malformed");
          return sendProblem(reply, refusal("invalid_request", "The body is not an event."));
        }
        throw error;
      }
    },
  );
}
