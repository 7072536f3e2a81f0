import type { FastifyInstance } from "fastify";
import { z } from "zod";
import type { KeyPresses } from "./key-presses.ts";
import type { PhoneStream } from "./phone-stream.ts";
import type { Phones } from "./phones.ts";
import { phonesPage, phonesPagePolicy } from "./phones-page.ts";
import type { Storm } from "./storm.ts";

export interface PhoneRoutesOptions {
  readonly phones: Phones;
  readonly keyPresses: KeyPresses;
  readonly stream: PhoneStream;
  readonly storm: Storm;
  readonly requestCount: () => number;
}

interface NumberParams {
  Params: { number: string };
}

const keysRequest = z.object({ digits: z.string().regex(/^[0-9*#]{1,100}$/) });

const stormRequest = z.object({
  seconds: z.number().min(0).max(86_400),
  retry_after: z.number().int().min(0).max(86_400).default(1),
});

/** In E.164, whether or not its `+` was written; undefined for what is no number. */
function numberOf(written: string): string | undefined {
  const digits = /^\+?(\d{1,20})$/.exec(written.replaceAll(/[\s().-]/g, ""))?.[1];
  return digits === undefined ? undefined : `+${digits}`;
}

const noNumber = { error: "that is not a phone number: write it as + and digits, e.g. /phones/+14155550123" };

/** The simulator's own side, for people and tests. */
export function phoneRoutes(
  app: FastifyInstance,
  { phones, keyPresses, stream, storm, requestCount }: PhoneRoutesOptions,
): void {
  app.get("/", (_request, reply) => reply.redirect("/phones"));
  app.get("/health", async () => ({ status: "ok" }));
  app.get("/stats", async () => ({ ...phones.totals, requests: requestCount() }));

  app.get("/storm", async () => storm.report());
  /** From now on, for so long, every message and every dial is answered 429. */
  app.post("/storm", async ({ body }, reply) => {
    const { data } = stormRequest.safeParse(body);
    if (!data)
      return reply
        .code(400)
        .send({ error: 'seconds and retry_after are numbers, e.g. {"seconds":120,"retry_after":5}' });
    storm.begin(data.seconds, data.retry_after);
    return storm.report();
  });

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

  app.get<NumberParams>("/phones/:number", async ({ params }, reply) => {
    const number = numberOf(params.number);
    return number === undefined ? reply.code(400).send(noNumber) : phones.content(number);
  });

  /** The person will press these keys, one each time that a call to the number asks for one. */
  app.post<NumberParams>("/phones/:number/keys", async ({ params, body }, reply) => {
    const number = numberOf(params.number);
    if (number === undefined) return reply.code(400).send(noNumber);
    const { data } = keysRequest.safeParse(body);
    if (!data)
      return reply.code(400).send({ error: 'digits has to be 1 to 100 of 0-9, * and #, e.g. {"digits":"11"}' });
    return { waiting: keyPresses.add(number, data.digits) };
  });
}
