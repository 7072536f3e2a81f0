import swagger from "@fastify/swagger";
import { jsonSchemaTransform, jsonSchemaTransformObject } from "fastify-type-provider-zod";
import type { Api } from "../deps.ts";
import { idempotencyKeyHeader } from "./idempotency-key.ts";

interface Response {
  content?: Record<string, { schema?: { $ref?: string } }>;
}

/** A response whose schema is a problem comes as one (RFC 9457); the schemas alone cannot say so. */
function withProblemMediaType<D>(document: D): D {
  const { paths = {} } = document as {
    paths?: Record<string, Record<string, { responses?: Record<string, Response> }>>;
  };
  const responses = Object.values(paths)
    .flatMap((path) => Object.values(path))
    .flatMap(({ responses: all = {} }) => Object.values(all));
  for (const response of responses) {
    const json = response.content?.["application/json"];
    if (json?.schema?.$ref?.includes("/Problem")) response.content = { "application/problem+json": json };
  }
  return document;
}

/** OpenAPI 3.1 at `/openapi.json`, made from the schemas that the routes are held to. */
export async function openApi(app: Api): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "Watchword",
        version: "1",
        description:
          "Phone verification: start one, the person gets a code, check the code. Errors are RFC 9457 problems with a stable `code`.",
      },
      components: { securitySchemes: { apiKey: { type: "http", scheme: "bearer" } } },
      security: [{ apiKey: [] }],
    },
    // The header is described and not validated as a schema, which would cost every request without it.
    transform: (document) => {
      const { schema, url } = jsonSchemaTransform(document);
      const { takesIdempotencyKey } = document.route.config ?? {};
      return { schema: takesIdempotencyKey ? { ...schema, headers: idempotencyKeyHeader } : schema, url };
    },
    transformObject: (document) => withProblemMediaType(jsonSchemaTransformObject(document)),
  });
  app.get("/openapi.json", { schema: { hide: true } }, () => app.swagger());
}
