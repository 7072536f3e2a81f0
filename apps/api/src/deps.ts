import type { WebhookReader } from "@watchword/carriers";
import type { Core } from "@watchword/otp-core";
import type { Queues } from "@watchword/otp-core/queue";
import type {
  FastifyInstance,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import type { Logger } from "pino";
import type { Applications } from "./applications.ts";

/** What the API is made of; `main.ts` gets it from the configuration, a test from wherever it likes. */
export interface ApiDeps {
  core: Core;
  queues: Pick<Queues, "addReceipt" | "addCallEvent">;
  /** Reads Telnyx's webhooks. */
  telnyx: WebhookReader;
  applications: Pick<Applications, "find">;
  logger: Logger;
}

export type Api = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  Logger,
  ZodTypeProvider
>;
