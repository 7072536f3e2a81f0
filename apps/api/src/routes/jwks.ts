import { z } from "zod";
import type { Api, ApiDeps } from "../deps.ts";

const CACHE_SECONDS = 300;

export function jwks(app: Api, { core }: ApiDeps): void {
  app.get(
    "/.well-known/jwks.json",
    {
      schema: {
        summary: "Keys that verify tokens (RFC 7517)",
        security: [],
        response: { 200: z.object({ keys: z.array(z.record(z.string(), z.unknown())) }) },
      },
    },
    async (_request, reply) => {
      void reply.header("cache-control", `public, max-age=${CACHE_SECONDS}`);
      return { keys: core.tokens.jwks.keys.map((key) => ({ ...key })) };
    },
  );
}
