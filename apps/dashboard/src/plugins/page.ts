import helmet from "@fastify/helmet";
import type { FastifyInstance } from "fastify";

/** Bull Board's page asks Google for its fonts. */
const FOREIGN_STYLE = /<link\b[^>]*\bhref="https?:[^>]*>\s*/g;

/** No other host is to learn of the page, and none may frame it. */
export async function keepPageToItself(app: FastifyInstance): Promise<void> {
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", "data:"],
        frameAncestors: ["'none'"],
        baseUri: ["'self'"],
        formAction: ["'self'"],
      },
    },
    // Whoever puts TLS in front decides that for the whole host.
    strictTransportSecurity: false,
  });
  app.addHook("onSend", async (_request, reply, payload) => {
    const isPage = String(reply.getHeader("content-type")).startsWith("text/html");
    return isPage && typeof payload === "string" ? payload.replace(FOREIGN_STYLE, "") : payload;
  });
}
