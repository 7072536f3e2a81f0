import swagger from "@fastify/swagger";
import { jsonSchemaTransform, jsonSchemaTransformObject } from "fastify-type-provider-zod";
import type { Api } from "../deps.ts";

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
    transform: jsonSchemaTransform,
    transformObject: jsonSchemaTransformObject,
  });
  app.get("/openapi.json", { schema: { hide: true } }, () => app.swagger());
}
