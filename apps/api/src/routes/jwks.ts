import { z } from "zod";
import type { Api, ApiDeps } from "../deps.ts";
import { jwksDocs } from "../schemas/service-docs.ts";

const CACHE_SECONDS = 300;

const key = z
  .looseObject({
    kty: z.string(),
    crv: z.string(),
    x: z.string().meta({ description: "The public key" }),
    kid: z.string().meta({ description: "Which key a token names" }),
    alg: z.string(),
    use: z.string(),
  })
  .meta({ id: "Key", description: "A public key as a JWK (RFC 7517, RFC 8037)" });
const keySet = z.object({ keys: z.array(key) }).meta({ id: "KeySet", description: "A JWK Set (RFC 7517)" });

export function jwks(app: Api, { core }: ApiDeps): void {
  app.get(
    "/.well-known/jwks.json",
    {
      schema: {
        operationId: "readKeys",
        tags: ["Tokens"],
        summary: "Keys that verify tokens",
        description:
          "What your other services verify a token of a check with: EdDSA, `kid` names the key. `iss` is this service, `aud` the application, `sub` a keyed hash of the number, and `verification_id`, `purpose` and, of a payment, `context` with its `amount` and `payee` say what was proven.",
        security: [],
        response: { 200: keySet },
        docs: jwksDocs,
      },
    },
    async (_request, reply) => {
      void reply.header("cache-control", `public, max-age=${CACHE_SECONDS}`);
      return { keys: core.tokens.jwks.keys as z.input<typeof key>[] };
    },
  );
}
