import type { FastifyInstance } from "fastify";
import type { PhoneStream } from "./phone-stream.ts";
import type { Phones } from "./phones.ts";
import { phonesPage, phonesPagePolicy } from "./phones-page.ts";

export interface PhoneRoutesOptions {
  readonly phones: Phones;
  readonly stream: PhoneStream;
  readonly requestCount: () => number;
}

/** The simulator's own side, for people and tests. */
export function phoneRoutes(app: FastifyInstance, { phones, stream, requestCount }: PhoneRoutesOptions): void {
  app.get("/", (_request, reply) => reply.redirect("/phones"));
  app.get("/health", async () => ({ status: "ok" }));
  app.get("/stats", async () => ({ ...phones.totals, requests: requestCount() }));

  app.get("/phones", (_request, reply) =>
    reply
      .headers({
        "content-security-policy": phonesPagePolicy,
        "cache-control": "no-cache",
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
      })
      .type("text/html; charset=utf-8")
      .send(phonesPage),
  );

  app.get("/phones/events", (_request, reply) => {
    stream.open(reply);
  });

  app.get<{ Params: { number: string } }>("/phones/:number", async ({ params }) => phones.content(params.number));
}
