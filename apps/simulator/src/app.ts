import { type FastifyBaseLogger, type FastifyInstance, LogController, fastify } from "fastify";
import { createRequestAnswerer } from "./answer-request.ts";
import { Exchange } from "./exchange.ts";
import { KeyPresses } from "./key-presses.ts";
import { phoneRoutes } from "./phone-routes.ts";
import { createPhoneStream } from "./phone-stream.ts";
import { Phones } from "./phones.ts";
import { createWebhookSigner } from "./signing.ts";
import { Storm } from "./storm.ts";
import { telnyxApi } from "./telnyx-api.ts";
import { Timers } from "./timers.ts";
import { WebhookSender } from "./webhooks.ts";

export { simulatorPublicKey } from "./signing.ts";

export interface SimulatorOptions {
  /** How long the carrier takes to answer a message or a dial; 0 unless set. */
  readonly latencyMs?: number;
  readonly logger?: FastifyBaseLogger | false;
  /** 32 bytes, for webhooks signed with another key than the one of `simulatorPublicKey`. */
  readonly signingSeed?: Uint8Array;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

/** A carrier that speaks Telnyx's HTTP API and keeps what it is sent on phones that people and tests can read. */
export function buildSimulator(options: SimulatorOptions = {}): FastifyInstance {
  const { latencyMs = 0, logger = false, signingSeed, now = Date.now } = options;
  const app = fastify({
    ...(logger && { loggerInstance: logger }),
    logController: new LogController({ disableRequestLogging: true }),
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 500 },
  });

  const phones = new Phones();
  const keyPresses = new KeyPresses();
  const stream = createPhoneStream(phones);
  const timers = new Timers();
  const webhooks = new WebhookSender(createWebhookSigner(signingSeed), timers, now);
  const storm = new Storm(now);
  let requests = 0;

  phoneRoutes(app, { phones, keyPresses, stream, storm, requestCount: () => requests });
  app.register(telnyxApi, {
    prefix: "/v2",
    answerer: createRequestAnswerer(timers, latencyMs, storm),
    exchange: new Exchange({ phones, keyPresses, webhooks, timers, now }),
    phones,
    webhooks,
    now,
    countRequest: () => {
      requests += 1;
    },
  });

  app.addHook("preClose", async () => {
    timers.close();
    stream.close();
  });
  app.addHook("onClose", () => webhooks.close());
  return app;
}
