import { describe, expect, test } from "vitest";
import { startTestApi } from "../testing/api.fixture.ts";
import { readDocument } from "../testing/documented.fixture.ts";
import { problemTypes } from "./problems.ts";

const { app } = await startTestApi();
const answer = await app.inject("/openapi.json");
const { document, operations, expectBody } = await readDocument(app);
const ids = [...operations.keys()];
const operation = (id: string) => {
  const found = operations.get(id);
  if (!found) throw new Error(`${id} is not documented`);
  return found;
};

describe("GET /openapi.json", () => {
  test("200 without a key, and OpenAPI 3.1", () => {
    expect(answer.statusCode).toBe(200);
    expect(answer.headers["content-type"]).toContain("application/json");
    expect(document.openapi).toBe("3.1.0");
    expect(document.security).toEqual([{ apiKey: [] }]);
    expect(document.components.securitySchemes).toMatchObject({ apiKey: { type: "http", scheme: "bearer" } });
  });

  test("says where the service is, whose it is and under which licence", () => {
    expect(document.servers).toMatchObject([{ url: "https://verify.example.com" }]);
    expect(document.info).toMatchObject({
      title: "Watchword",
      contact: { url: "https://verify.example.com" },
      license: { identifier: "MIT" },
    });
  });

  test("lists no route of carriers and of documentation, and every route that the app has otherwise", () => {
    const routes = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(routes.toSorted()).toEqual([
      "DELETE /v1/numbers/{e164}",
      "DELETE /v1/verifications/{id}",
      "GET /.well-known/jwks.json",
      "GET /health",
      "GET /healthz",
      "GET /readyz",
      "GET /v1/verifications/{id}",
      "POST /auth/request-otp",
      "POST /auth/verify-otp",
      "POST /v1/verifications",
      "POST /v1/verifications/check",
      "POST /v1/verifications/{id}/cancel",
      "POST /v1/verifications/{id}/check",
      "POST /v1/verifications/{id}/resend",
    ]);
  });

  test("names the Idempotency-Key and its problems on every POST under /v1, and nowhere else", () => {
    const found = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { parameters = [], responses }]) => ({
        key: parameters.find(({ name }) => name === "Idempotency-Key"),
        refusals: [409, 422].flatMap((status) =>
          Object.keys(responses[status]?.content?.["application/problem+json"]?.examples ?? {}),
        ),
        takesIt: method === "post" && path.startsWith("/v1/"),
      })),
    );
    const taking = found.filter(({ takesIt }) => takesIt);
    expect(taking).toHaveLength(5);
    for (const { key, refusals } of taking) {
      expect(key).toMatchObject({ in: "header", required: false, schema: { type: "string", maxLength: 255 } });
      expect(refusals).toEqual(expect.arrayContaining(["idempotency_in_progress", "idempotency_conflict"]));
    }
    expect(found.filter(({ key, takesIt }) => key && !takesIt)).toEqual([]);
  });

  test.each(["/health", "/healthz", "/readyz", "/.well-known/jwks.json"])("asks for no key at %s", (path) => {
    expect(document.paths[path]?.["get"]?.security).toEqual([]);
  });
});

describe("every problem of the table", () => {
  const codes = Object.keys(problemTypes);

  test("is a code of the document's problem, and explained with its status", () => {
    expect(document.components.schemas["Problem"]?.required).toEqual(["type", "title", "status", "code", "detail"]);
    expect(document.components.schemas["Problem"]?.properties["code"]?.enum).toEqual(codes);
    for (const [code, { status }] of Object.entries(problemTypes)) {
      expect(document.info.description).toContain(`| \`${code}\` | ${status} |`);
    }
  });

  test("is answered by an operation, with an example, unless it is answered before there is one, or to a carrier", () => {
    const examples = [...operations.values()].flatMap(({ responses }) =>
      Object.values(responses).flatMap(({ content }) =>
        Object.keys(content?.["application/problem+json"]?.examples ?? {}),
      ),
    );
    const beforeAny = ["invalid_signature", "not_found", "request_timeout", "expectation_failed", "headers_too_large"];
    expect([...new Set(examples), ...beforeAny].toSorted()).toEqual(codes.toSorted());
  });
});

describe.each(ids)("%s", (id) => {
  const { responses, requestBody, ...described } = operation(id);

  test("has a summary, a description and one tag of the list", () => {
    expect(described).toMatchObject({ summary: expect.any(String), description: expect.any(String) });
    expect(document.tags.map(({ name }) => name)).toEqual(expect.arrayContaining(described.tags));
    expect(described.tags).toHaveLength(1);
  });

  test("has examples of everything that it takes and answers, and its schemas take them", () => {
    const bodies = Object.values(requestBody?.content["application/json"].examples ?? {});
    expect(bodies.length > 0).toBe(requestBody !== undefined);
    for (const { value } of bodies) expectBody(value, id);
    for (const [status, { description, content = {} }] of Object.entries(responses)) {
      expect(description).not.toMatch(/^(Default Response)?$/);
      const examples = Object.values(content).flatMap((each) => Object.values(each.examples));
      expect(examples.length > 0).toBe(status !== "204");
      for (const { value } of examples) expectBody(value, id, Number(status));
    }
  });

  test("says when to come back and how to authenticate wherever it answers so", () => {
    const expected = new Map([
      ["401", ["WWW-Authenticate"]],
      ["429", ["Retry-After", "RateLimit-Policy", "RateLimit"]],
      ["503", ["Retry-After"]],
    ]);
    for (const [status, { headers = {} }] of Object.entries(responses).filter(([each]) => Number(each) >= 400)) {
      expect(Object.keys(headers), status).toEqual(expect.arrayContaining(expected.get(status) ?? []));
    }
  });
});
