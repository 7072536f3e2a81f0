import { openApiDocument } from "@watchword/api/openapi";
import { expect, test } from "vitest";
import { lintDocument } from "./lint.ts";

interface Operation {
  operationId?: string;
  summary?: string;
  description?: string;
  tags?: string[];
  requestBody: { content: { "application/json": { examples?: object; schema: { properties: object } } } };
  responses: Record<
    string,
    {
      description: string;
      headers?: Record<string, unknown>;
      content: Record<string, { schema: object; examples?: Record<string, { value: Record<string, unknown> }> }>;
    }
  >;
}

type Change = [what: string, change: (start: Operation) => unknown, rule: string];

const changes: Change[] = [
  ["no summary", (start) => delete start.summary, "watchword-operation-summary"],
  ["no description", (start) => delete start.description, "operation-description"],
  ["no operationId", (start) => delete start.operationId, "operation-operationId"],
  ["another case", (start) => (start.operationId = "start_verification"), "watchword-operation-id"],
  ["no tag", (start) => delete start.tags, "operation-tags"],
  ["a tag of nobody", (start) => (start.tags = ["Other"]), "operation-tag-defined"],
  [
    "a body without examples",
    (start) => delete start.requestBody.content["application/json"].examples,
    "watchword-examples",
  ],
  [
    "an answer without examples",
    (start) => delete start.responses["202"]?.content["application/json"]?.examples,
    "watchword-examples",
  ],
  [
    "an answer that nobody described",
    (start) => Object.assign(start.responses["202"] ?? {}, { description: "Default Response" }),
    "watchword-answers-described",
  ],
  [
    "an answer without a name",
    (start) => Object.assign(start.responses["202"]?.content["application/json"] ?? {}, { schema: { type: "object" } }),
    "watchword-named-answers",
  ],
  ["no 401", (start) => delete start.responses["401"], "watchword-key"],
  ["no 413", (start) => delete start.responses["413"], "watchword-body-refusals"],
  [
    "a 401 without a challenge",
    (start) => delete start.responses["401"]?.headers?.["WWW-Authenticate"],
    "watchword-challenge",
  ],
  [
    "a 503 that does not say when",
    (start) => delete start.responses["503"]?.headers?.["Retry-After"],
    "watchword-retry",
  ],
  ["a 429 that does not say why", (start) => delete start.responses["429"]?.headers?.["RateLimit"], "watchword-limits"],
  [
    "a refusal that is no problem",
    (start) =>
      Object.assign(start.responses["400"] ?? {}, {
        content: { "application/json": start.responses["400"]?.content["application/problem+json"] },
      }),
    "watchword-problems",
  ],
  [
    "a field in another case",
    (start) =>
      Object.assign(start.requestBody.content["application/json"].schema.properties, {
        clientIp: { type: "string" },
      }),
    "watchword-field-names",
  ],
  [
    "an example that its schema refuses",
    (start) => {
      const value = start.responses["202"]?.content["application/json"]?.examples?.["started"]?.value;
      if (value) value["status"] = "begun";
    },
    "oas3-valid-media-example",
  ],
];

const document = await openApiDocument("https://verify.example.com");

/** The same document with a path of its own for each change that somebody could have made to an operation. */
function changed(): object {
  const copy = structuredClone(document) as { paths: Record<string, { post: Operation }> };
  const start = copy.paths["/v1/verifications"]?.post;
  if (!start) throw new Error("there is no such operation");
  for (const [index, [, change]] of changes.entries()) {
    const post = { ...structuredClone(start), operationId: `change${index}` };
    change(post);
    copy.paths[`/v1/change-${index}`] = { post };
  }
  return copy;
}
const found = await lintDocument(changed());

test("nothing is to be said against what nobody has changed", () => {
  expect(found.filter((line) => !line.startsWith("paths./v1/change-"))).toEqual([]);
});

test.each(changes.map(([what, , rule], index) => ({ what, rule, path: `paths./v1/change-${index}.` })))(
  "the lint finds $what",
  ({ rule, path }) => {
    expect(found.filter((line) => line.startsWith(path)).join("\n")).toContain(`(${rule})`);
  },
);
