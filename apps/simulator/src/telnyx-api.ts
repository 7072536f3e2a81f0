import type { FastifyError, FastifyInstance } from "fastify";
import { type CallRoutesOptions, callRoutes } from "./call-routes.ts";
import { type MessageRoutesOptions, messageRoutes } from "./message-routes.ts";
import { TelnyxRefusal } from "./telnyx-refusal.ts";

export interface TelnyxApiOptions extends MessageRoutesOptions, CallRoutesOptions {
  /** Called for every request, whatever comes of it. */
  readonly countRequest: () => void;
}

/** The carrier's own HTTP API: any non-empty key is good, every refusal has Telnyx's form. */
export async function telnyxApi(app: FastifyInstance, options: TelnyxApiOptions): Promise<void> {
  app.addHook("onRequest", (request, _reply, done) => {
    options.countRequest();
    const isAuthenticated = /^Bearer \S/i.test(request.headers.authorization ?? "");
    done(isAuthenticated ? undefined : new TelnyxRefusal({ name: "unauthenticated" }));
  });

  app.setErrorHandler((error: FastifyError | TelnyxRefusal, request, reply) => {
    const refusal = error instanceof TelnyxRefusal ? error : refusalFor(error);
    if (refusal.status >= 500) request.log.error(error, "request failed");
    return reply.code(refusal.status).send(refusal.body());
  });

  app.setNotFoundHandler(() => {
    throw new TelnyxRefusal({ name: "not_found" });
  });

  messageRoutes(app, options);
  callRoutes(app, options);
}

function refusalFor({ statusCode = 500 }: FastifyError): TelnyxRefusal {
  if (statusCode === 415) return new TelnyxRefusal({ name: "unsupported_media_type" });
  return new TelnyxRefusal({ name: statusCode < 500 ? "malformed" : "unexpected" });
}
