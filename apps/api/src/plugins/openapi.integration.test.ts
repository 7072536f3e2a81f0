import { describe, expect, test } from "vitest";
import { startTestApi } from "../testing/api.fixture.ts";

interface Operation {
  summary?: string;
  security?: object[];
  parameters?: { in: string; name: string; required: boolean; schema: object }[];
  responses: Record<string, { content?: Record<string, { schema: object }> }>;
}

interface Document {
  openapi: string;
  info: { title: string; version: string };
  security: object[];
  paths: Record<string, Record<string, Operation>>;
  components: { securitySchemes: object; schemas: Record<string, { required?: string[] }> };
}

const { app } = await startTestApi();
const answer = await app.inject("/openapi.json");
const document = answer.json<Document>();
const operation = (method: string, path: string) => document.paths[path]?.[method];

describe("GET /openapi.json", () => {
  test("200 without a key, and OpenAPI 3.1", () => {
    expect(answer.statusCode).toBe(200);
    expect(answer.headers["content-type"]).toContain("application/json");
    expect(document.openapi).toBe("3.1.0");
    expect(document.security).toEqual([{ apiKey: [] }]);
    expect(document.components.securitySchemes).toEqual({ apiKey: { type: "http", scheme: "bearer" } });
  });

  test.each([
    ["post", "/v1/verifications", ["200", "202", "400", "401", "403", "413", "415", "429", "503"]],
    ["get", "/v1/verifications/{id}", ["200", "401", "404", "503"]],
    ["post", "/v1/verifications/{id}/check", ["200", "400", "401", "404", "413", "415", "503"]],
    ["post", "/v1/verifications/check", ["200", "400", "401", "403", "404", "413", "415", "503"]],
    ["post", "/v1/verifications/{id}/resend", ["202", "400", "401", "404", "409", "413", "415", "429", "503"]],
    ["post", "/v1/verifications/{id}/cancel", ["200", "400", "401", "404", "409", "413", "415", "503"]],
    ["delete", "/v1/verifications/{id}", ["204", "401", "404", "503"]],
    ["delete", "/v1/numbers/{e164}", ["204", "400", "401", "503"]],
    ["post", "/auth/request-otp", ["200", "202", "400", "401", "403", "413", "415", "429", "503"]],
    ["post", "/auth/verify-otp", ["200", "400", "401", "403", "413", "415", "503"]],
  ])("lists %s %s with a summary and every answer", (method, path, statuses) => {
    const found = operation(method, path);
    expect(found?.summary).toEqual(expect.any(String));
    expect(Object.keys(found?.responses ?? {})).toEqual(expect.arrayContaining(statuses));
  });

  test("names the Idempotency-Key and its problems on every POST under /v1, and nowhere else", () => {
    const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { parameters = [], responses }]) => ({
        key: parameters.find(({ name }) => name === "Idempotency-Key"),
        refusals: [409, 422].map((status) => Object.keys(responses[status]?.content ?? {}).join()),
        takesIt: method === "post" && path.startsWith("/v1/"),
      })),
    );
    const taking = operations.filter(({ takesIt }) => takesIt);
    expect(taking).toHaveLength(5);
    for (const { key, refusals } of taking) {
      expect(key).toMatchObject({ in: "header", required: false, schema: { type: "string", maxLength: 255 } });
      expect(refusals).toEqual(["application/problem+json", "application/problem+json"]);
    }
    expect(operations.filter(({ key, takesIt }) => key && !takesIt)).toEqual([]);
  });

  test("lists no route of carriers, and every route that the app has otherwise", () => {
    expect(Object.keys(document.paths).toSorted()).toEqual([
      "/.well-known/jwks.json",
      "/auth/request-otp",
      "/auth/verify-otp",
      "/health",
      "/healthz",
      "/readyz",
      "/v1/numbers/{e164}",
      "/v1/verifications",
      "/v1/verifications/check",
      "/v1/verifications/{id}",
      "/v1/verifications/{id}/cancel",
      "/v1/verifications/{id}/check",
      "/v1/verifications/{id}/resend",
    ]);
  });

  test("describes a problem by its fields, in the media type in which it is answered", () => {
    expect(document.components.schemas["Problem"]?.required).toEqual(["type", "title", "status", "code", "detail"]);
    const refusal = operation("post", "/v1/verifications")?.responses["400"]?.content;
    expect(Object.keys(refusal ?? {})).toEqual(["application/problem+json"]);
  });

  test.each(["/health", "/healthz", "/readyz", "/.well-known/jwks.json"])("asks for no key at %s", (path) => {
    expect(operation("get", path)?.security).toEqual([]);
  });
});
