import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { type Answer, startTestApi } from "./testing/api.fixture.ts";
import { type DocumentedOperation, readDocument } from "./testing/documented.fixture.ts";
import { type MadeUpRequest, madeUpRequests, SECRET } from "./testing/requests.fixture.ts";

const RUNS = 100;
const api = await startTestApi();
const documented = await readDocument(api.app);
const { id: begun } = await api.start();
const ids = [begun, `vf_${"A".repeat(32)}`, `dl_${begun.slice(3)}_1`];

interface Route {
  method: "GET" | "POST" | "DELETE";
  path: string;
  /** Undefined for a route that the document leaves out. */
  operationId: string | undefined;
  fields: string[];
}

/** The fields that a body of the operation may have, whatever else it may be. */
function fieldsOf({ requestBody }: DocumentedOperation): string[] {
  const schema = requestBody?.content["application/json"].schema as {
    properties?: object;
    anyOf?: { properties?: object }[];
  };
  return Object.keys(schema?.properties ?? schema?.anyOf?.[0]?.properties ?? {});
}

const routes: Route[] = [
  ...Object.entries(documented.document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      method: method.toUpperCase() as Route["method"],
      path,
      operationId: operation.operationId,
      fields: fieldsOf(operation),
    })),
  ),
  { method: "POST", path: "/webhooks/telnyx/{id}", operationId: undefined, fields: ["data", "meta"] },
  { method: "GET", path: "/docs/static/{id}", operationId: undefined, fields: [] },
  { method: "GET", path: "/{id}", operationId: undefined, fields: [] },
  { method: "POST", path: "/v1/{id}", operationId: undefined, fields: ["to"] },
];

const send = ({ method, path }: Route, { id, query, headers, body }: MadeUpRequest) =>
  api.app.inject({
    method,
    url: `${path.replace(/\{\w+\}/, () => id)}${query}`,
    headers,
    ...(method !== "GET" && body !== undefined && { payload: body }),
  });

/** Any refusal is a problem, or `{error}` and `{authenticated: false}` where those are the contract. */
function expectRefusal(answer: Answer, { path }: Route): void {
  const told = answer.json<Record<string, unknown>>();
  const simple = path.startsWith("/auth/") || path.startsWith("/webhooks/");
  if (simple && told["authenticated"] === false) expect(Object.keys(told)).toEqual(["message", "authenticated"]);
  else if (simple && "error" in told) expect(Object.keys(told)).toEqual(["error"]);
  else {
    expect(path).not.toMatch(/^\/auth\//);
    expect(answer.headers["content-type"]).toBe("application/problem+json");
    expect(told).toMatchObject({ status: answer.statusCode, code: expect.any(String), title: expect.any(String) });
  }
}

/** An id with a slash in it, or two dots, asks for another route. */
const missed = (answer: Answer, { path }: Route) =>
  path.includes("{") && answer.statusCode === 404 && answer.json<{ code?: string }>().code === "not_found";

describe("a request of any kind is no failure of ours, and what it says is not said back:", () => {
  afterAll(() => {
    expect(api.log()).not.toContain('"level":50');
    expect(api.log()).not.toContain(SECRET);
  });

  test.each(routes)("$method $path", async (route) => {
    const requests = madeUpRequests(api.key, ids, route.fields);
    await fc.assert(
      fc.asyncProperty(requests, async (request) => {
        const answer = await send(route, request);
        expect(answer.statusCode, answer.body).toBeLessThan(500);
        if (answer.statusCode >= 400) {
          expect(answer.body).not.toContain(SECRET);
          expect(answer.body.length).toBeLessThan(8192);
          expectRefusal(answer, route);
        }
        expect(JSON.stringify(answer.headers)).not.toContain(SECRET);
        if (route.operationId !== undefined && !missed(answer, route))
          documented.expectAnswer(answer, route.operationId);
      }),
      { numRuns: RUNS },
    );
  });
});
