import swagger from "@fastify/swagger";
import type { FastifySchema } from "fastify";
import { jsonSchemaTransform, jsonSchemaTransformObject } from "fastify-type-provider-zod";
import type { Api, ApiDeps } from "../deps.ts";
import { problemDocs } from "../schemas/problem-docs.ts";
import { completeDocument } from "./complete-document.ts";
import { idempotencyKeyHeader } from "./idempotency-key.ts";
import { type ProblemCode, problemTypes } from "./problems.ts";

const tags = [
  { name: "Verifications", description: "Prove that a person holds a phone number." },
  { name: "Two-endpoint form", description: "The same in two routes, for code written against common samples." },
  { name: "Tokens", description: "What proves a verification to your other services." },
  { name: "Service", description: "Whether the service is there." },
];

const problemRows = (Object.keys(problemTypes) as ProblemCode[]).map(
  (code) => `| \`${code}\` | ${problemTypes[code].status} | ${problemDocs[code].when} |`,
);

const description = `Phone verification: start one, the person gets a code, check the code.

JSON in and out, times in UTC (RFC 3339), phone numbers in international form. Send your API key as
\`Authorization: Bearer <api key>\` to everything under \`/v1\` and \`/auth\`.

**Problems.** A refusal is a problem (RFC 9457) with a stable \`code\` to decide on, and texts for people that may
change. The two-endpoint form answers \`{"error"}\` with the same status instead.

| code | status | when |
| --- | --- | --- |
${problemRows.join("\n")}

**Limits.** A 429 says in \`Retry-After\` when the same request may succeed, and in \`RateLimit-Policy\` and \`RateLimit\`
which limit was reached.`;

/** OpenAPI 3.1 at `/openapi.json`, made from the schemas that the routes are held to. */
export async function openApi(app: Api, { publicUrl }: Pick<ApiDeps, "publicUrl">): Promise<void> {
  const schemas = new Map<string, FastifySchema>();
  await app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "Watchword",
        version: "1",
        description,
        contact: { name: "The operator of this service", url: publicUrl },
        license: { name: "MIT", identifier: "MIT" },
      },
      servers: [{ url: publicUrl, description: "This service" }],
      tags,
      components: {
        securitySchemes: {
          apiKey: { type: "http", scheme: "bearer", description: "The API key of your application" },
        },
      },
      security: [{ apiKey: [] }],
    },
    transform: (route) => {
      if (route.schema?.operationId) schemas.set(route.schema.operationId, route.schema);
      const { schema, url } = jsonSchemaTransform(route);
      // The header is described and not validated as a schema, which would cost every request without it.
      const { takesIdempotencyKey } = route.route.config ?? {};
      return { schema: takesIdempotencyKey ? { ...schema, headers: idempotencyKeyHeader } : schema, url };
    },
    transformObject: (document) => completeDocument(jsonSchemaTransformObject(document), schemas),
  });
  // It does not change while the process runs.
  let document: string | undefined;
  app.get("/openapi.json", { schema: { hide: true } }, (_request, reply) => {
    document ??= JSON.stringify(app.swagger());
    return reply.type("application/json; charset=utf-8").header("cache-control", "no-cache").send(document);
  });
}
