import type { FastifyInstance } from "fastify";
import { z } from "zod";
import type { KeyPresses } from "./key-presses.ts";
import type { PhoneStream } from "./phone-stream.ts";
import type { Phones } from "./phones.ts";
import { phonesPage, phonesPagePolicy } from "./phones-page.ts";

export interface PhoneRoutesOptions {
  readonly phones: Phones;
  readonly keyPresses: KeyPresses;
  readonly stream: PhoneStream;
  readonly requestCount: () => number;
}

interface NumberParams {
  Params: { number: string };
}

const keysRequest = z.object({ digits: z.string().regex(/^[0-9*#]{1,100}$/) });

/** The simulator's own side, for people and tests. */
export function phoneRoutes(
  app: FastifyInstance,
  { phones, keyPresses, stream, requestCount }: PhoneRoutesOptions,
): void {
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

  app.get<NumberParams>("/phones/:number", async ({ params }) => phones.content(params.number));

  /** The person will press these keys, one each time that a call to the number asks for one. */
  app.post<NumberParams>("/phones/:number/keys", async ({ params, body }, reply) => {
    const { data } = keysRequest.safeParse(body);
    if (!data)
      return reply.code(400).send({ error: 'digits has to be 1 to 100 of 0-9, * and #, e.g. {"digits":"11"}' });
    return { waiting: keyPresses.add(params.number, data.digits) };
  });
}
