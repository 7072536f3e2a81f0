import type { FastifySchema } from "fastify";
import type { z } from "zod";
import type { AnswerDocs, Examples, OperationDocs } from "../schemas/operation-docs.ts";
import { refusalsOf } from "../schemas/problem.ts";
import { problemDocs } from "../schemas/problem-docs.ts";
import { isKeptRefusal } from "./kept-answers.ts";
import { presentProblem, type ProblemCode, problemTypes } from "./problems.ts";

interface MediaType {
  schema: object;
  examples?: object;
}
interface Response {
  description: string;
  headers?: object;
  content?: Record<string, MediaType>;
}
interface Operation {
  operationId?: string;
  parameters?: { name: string }[];
  requestBody?: { required?: boolean; content: Record<string, MediaType> };
  responses: Record<string, Response>;
}
interface Document {
  paths?: Record<string, Record<string, Operation>>;
  components?: { schemas?: Record<string, object>; headers?: Record<string, object> };
}

const header = (description: string, type: string, example: unknown) => ({ description, schema: { type }, example });
const headers = {
  Location: header("Where the verification is", "string", "/v1/verifications/vf_LqHgkSvmvIO487O0GQVWNrgnXIQshnU8"),
  "Cache-Control": header("How long the answer may be kept", "string", "public, max-age=300"),
  "Retry-After": header("Seconds until the same request may succeed", "integer", 30),
  "RateLimit-Policy": header(
    "The limit that was reached: its name, how many (`q`) in how many seconds (`w`); draft-ietf-httpapi-ratelimit-headers-10",
    "string",
    '"number-15m";q=5;w=900',
  ),
  RateLimit: header(
    "What is left of that limit (`r`), and in how many seconds there is more (`t`)",
    "string",
    '"number-15m";r=0;t=900',
  ),
  "Idempotency-Replayed": header(
    "That the answer is the first one to its `Idempotency-Key`, given again",
    "string",
    "true",
  ),
  "WWW-Authenticate": header("How to authenticate (RFC 6750)", "string", "Bearer"),
};
type HeaderName = keyof typeof headers;

/** Of refusals. */
const headersByStatus: Readonly<Record<number, readonly HeaderName[]>> = {
  401: ["WWW-Authenticate"],
  429: ["Retry-After", "RateLimit-Policy", "RateLimit"],
  503: ["Retry-After"],
};

const headerReferences = (names: readonly HeaderName[]) =>
  names.length === 0
    ? {}
    : { headers: Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }])) };

const reference = (name: string) => ({ $ref: `#/components/schemas/${name}` });

/** The refusals of one status: what each code means, and how each is told. */
function refusalResponse(
  status: number,
  { codes, mediaType }: NonNullable<ReturnType<typeof refusalsOf>>,
  schema: object,
  docs: OperationDocs,
): Response {
  const asProblem = mediaType === "application/problem+json";
  const examples: Examples = Object.fromEntries(
    codes.map((code) => {
      const { detail, errors, policy } = docs.refusals?.[code] ?? problemDocs[code];
      const details = {
        ...(errors && { errors: [...errors] }),
        ...(policy !== undefined && { policy: { name: policy, limit: 0, windowSeconds: 0 } }),
      };
      const value = asProblem ? presentProblem({ code, detail, details }) : { error: detail };
      return [code, { summary: problemTypes[code].title, value }];
    }),
  );
  const answer = docs.answers[status];
  const thisProblem = { properties: { status: { const: status }, code: { enum: codes } } };
  const when = codes.map((code) => `\`${code}\`: ${problemDocs[code].when}`);
  return {
    description: [...(answer ? [answer.description] : []), ...when].join("\n\n"),
    ...headerReferences(headersByStatus[status] ?? []),
    content: {
      [mediaType]: {
        schema: asProblem ? { allOf: [reference("Problem"), thisProblem] } : answer ? schema : reference("Error"),
        examples: { ...answer?.examples, ...examples },
      },
    },
  };
}

const answerResponse = (schema: object, { description, headers: names = [], examples }: AnswerDocs): Response => ({
  description,
  ...headerReferences(names),
  ...(examples && { content: { "application/json": { schema, examples } } }),
});

/** Of the answers of a route that takes an `Idempotency-Key`, by their refusals; undefined of what is none. */
const idempotencyHeaders = (codes: readonly ProblemCode[] | undefined): HeaderName[] => [
  ...(codes?.includes("idempotency_in_progress") ? (["Retry-After"] as const) : []),
  ...(codes === undefined || codes.some(isKeptRefusal) ? (["Idempotency-Replayed"] as const) : []),
];

function completeOperation(operation: Operation, schema: FastifySchema): void {
  const { docs } = schema;
  if (!docs) throw new Error(`${operation.operationId} has no docs`);
  const { requestBody, responses } = operation;
  const takesKey = operation.parameters?.some(({ name }) => name === "Idempotency-Key");
  if (requestBody?.content["application/json"]) {
    // What may be left out, may be left out altogether.
    requestBody.required = !(schema.body as z.ZodType).safeParse(undefined).success;
    Object.assign(requestBody.content["application/json"], { examples: docs.requests });
  }
  for (const [status, response] of Object.entries((schema.response ?? {}) as Record<string, object>)) {
    const generated = responses[status]?.content?.["application/json"]?.schema ?? {};
    const refusals = refusalsOf(response);
    const answer = docs.answers[Number(status)];
    let described: Response;
    if (refusals) described = refusalResponse(Number(status), refusals, generated, docs);
    else if (answer) described = answerResponse(generated, answer);
    else throw new Error(`${operation.operationId} does not say what its ${status} is`);
    const { headers: ofKey } = headerReferences(takesKey ? idempotencyHeaders(refusals?.codes) : []);
    responses[status] = ofKey ? { ...described, headers: { ...described.headers, ...ofKey } } : described;
  }
}

/** Patterns that say no more than a format does, or that many readers of the document cannot read. */
const isPatternForNobody = (key: string, pattern: unknown, schema: object) =>
  key === "pattern" && ("format" in schema || String(pattern).includes("\\p{"));

/** Without what zod says of every whole number, and patterns that help nobody. */
function tidy(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(tidy);
  if (typeof value !== "object" || value === null) return value;
  const kept = Object.entries(value).filter(
    ([key, child]) =>
      !(key === "maximum" && child === Number.MAX_SAFE_INTEGER) &&
      !(key === "minimum" && child === Number.MIN_SAFE_INTEGER) &&
      !isPatternForNobody(key, child, value),
  );
  return Object.fromEntries(kept.map(([key, child]) => [key, tidy(child)]));
}

/** An answer may get more fields one day: nobody is to rely on there being none. */
function open(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(open);
  if (typeof value !== "object" || value === null) return value;
  const kept = Object.entries(value).filter(([key, child]) => !(key === "additionalProperties" && child === false));
  return Object.fromEntries(kept.map(([key, child]) => [key, open(child)]));
}

/** The generator lists each schema as one to send and as one that is answered; here each is one of them. */
function namedSchemas(schemas: Record<string, object>, paths: string): Record<string, object> {
  const isSent = (name: string) => paths.includes(`"${reference(`${name}Input`).$ref}"`);
  const names = Object.keys(schemas).filter((name) => !name.endsWith("Input"));
  return Object.fromEntries(
    names.map((name) => [name, isSent(name) ? (schemas[`${name}Input`] ?? {}) : (open(schemas[name]) as object)]),
  );
}

/** The generated document with all that the schemas alone cannot say. */
export function completeDocument<D extends object>(document: D, schemas: ReadonlyMap<string, FastifySchema>): D {
  const { paths = {}, components = {} } = document as Document;
  for (const operation of Object.values(paths).flatMap((path) => Object.values(path))) {
    const schema = schemas.get(operation.operationId ?? "");
    if (schema) completeOperation(operation, schema);
  }
  components.schemas = namedSchemas(components.schemas ?? {}, JSON.stringify(paths));
  components.headers = headers;
  return JSON.parse(JSON.stringify(tidy(document)).replaceAll(/(#\/components\/schemas\/\w+)Input"/g, '$1"')) as D;
}
