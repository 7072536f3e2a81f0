import type { WebhookReader } from "@watchword/carriers";
import type { Core } from "@watchword/otp-core";
import type { Queues } from "@watchword/otp-core/queue";
import type { Timeouts, TrustedProxies } from "@watchword/process";
import type {
  FastifyInstance,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import type { Logger } from "pino";
import type { Applications } from "./applications.ts";
import type { ApiMetrics } from "./metrics.ts";

/** What the API is made of; `run.ts` gets it from the configuration, a test from wherever it likes. */
export interface ApiDeps {
  /** Where applications reach the API, without a slash at the end. */
  publicUrl: string;
  core: Core;
  queues: Pick<Queues, "addReceipt" | "addCallEvent">;
  /** Reads Telnyx's webhooks. */
  telnyx: WebhookReader;
  applications: Pick<Applications, "find" | "all">;
  logger: Logger;
  trustedProxies?: TrustedProxies;
  /** For a peer that may take less than the usual time. */
  timeouts?: Partial<Timeouts>;
  /** Whether requests are traced. */
  tracing?: boolean;
  /** Where nobody asks for metrics, nothing is counted. */
  metrics?: ApiMetrics | undefined;
}

export type Api = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  Logger,
  ZodTypeProvider
>;
