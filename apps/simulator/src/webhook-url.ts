import { z } from "zod";

/** Telnyx's rule for a webhook's URL; null and absent are the same. */
const webhookUrl = z
  .string("invalid_url")
  .max(2000, "invalid_url")
  .refine((url) => /^https?:/i.test(url) && URL.canParse(url), "invalid_url")
  .nullish();

/** The fields in which a request says where its webhooks go. */
export const webhookUrlFields = { webhook_url: webhookUrl, webhook_failover_url: webhookUrl };

interface WebhookUrlFields {
  readonly webhook_url?: string | null | undefined;
  readonly webhook_failover_url?: string | null | undefined;
}

/** In order of preference. */
export function webhookUrls(request: WebhookUrlFields): readonly string[] {
  return [request.webhook_url, request.webhook_failover_url].filter((url) => typeof url === "string");
}
