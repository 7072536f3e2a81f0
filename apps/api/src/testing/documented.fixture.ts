import addFormats from "ajv-formats";
import { Ajv2020 } from "ajv/dist/2020.js";
import { expect } from "vitest";
import type { Api } from "../deps.ts";
import type { Answer } from "./api.fixture.ts";

type Examples = Record<string, { summary: string; value: unknown }>;
interface MediaType {
  schema: object;
  examples: Examples;
}
interface DocumentedResponse {
  description: string;
  headers?: Record<string, object>;
  /** None of an answer without a body. */
  content?: Record<string, MediaType>;
}
export interface DocumentedOperation {
  operationId: string;
  summary: string;
  description: string;
  tags: string[];
  security?: object[];
  parameters?: { in: string; name: string; required: boolean; schema: object }[];
  requestBody?: { required: boolean; content: { "application/json": MediaType } };
  responses: Record<string, DocumentedResponse>;
}
interface ApiDocument {
  openapi: string;
  info: { title: string; version: string; description: string; contact: object; license: object };
  servers: object[];
  tags: { name: string }[];
  security: object[];
  paths: Record<string, Record<string, DocumentedOperation>>;
  components: {
    securitySchemes: object;
    headers: Record<string, object>;
    schemas: Record<string, { required?: string[]; properties: Record<string, { enum?: string[] }> }>;
  };
}

export interface Documented {
  document: ApiDocument;
  /** By operationId. */
  operations: ReadonlyMap<string, DocumentedOperation>;
  operation(operationId: string): DocumentedOperation;
  /** The examples of an answer, by name. */
  examples(operationId: string, status: number): Examples;
  /** Holds an answer to what the document says: its status, its media type, its schema and its header fields. */
  expectAnswer(answer: Answer, operationId: string): void;
  /** Holds a value to the schema of a body. */
  expectBody(value: unknown, operationId: string, status?: number): void;
}

const pointer = (...names: string[]) =>
  names.map((name) => `/${encodeURIComponent(name.replaceAll("~", "~0").replaceAll("/", "~1"))}`).join("");

export async function readDocument(app: Api): Promise<Documented> {
  const document = (await app.inject("/openapi.json")).json<ApiDocument>();
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats.default(ajv);
  ajv.addSchema(document, "api");
  const found = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  const find = (operationId: string) => {
    const known = found.find(({ operation }) => operation.operationId === operationId);
    if (!known) throw new Error(`${operationId} is not documented`);
    return known;
  };
  const responseOf = (operationId: string, status: number) => {
    const response = find(operationId).operation.responses[status];
    if (!response) throw new Error(`${operationId} does not document ${status}`);
    return response;
  };
  const documented: Documented = {
    document,
    operations: new Map(found.map(({ operation }) => [operation.operationId, operation])),
    operation: (operationId) => find(operationId).operation,
    examples: (operationId, status) =>
      Object.assign(
        {},
        ...Object.values(responseOf(operationId, status).content ?? {}).map(({ examples }) => examples),
      ),
    expectAnswer(answer, operationId) {
      const { headers = {}, content } = responseOf(operationId, answer.statusCode);
      if (content) {
        const [mediaType] = String(answer.headers["content-type"]).split(";");
        expect(Object.keys(content)).toContain(mediaType);
        documented.expectBody(answer.json(), operationId, answer.statusCode);
      } else expect(answer.body).toBe("");
      const given = Object.keys(answer.headers);
      const special = Object.keys(document.components.headers).filter((name) => name !== "Cache-Control");
      for (const name of special.filter((each) => given.includes(each.toLowerCase()))) {
        expect(Object.keys(headers), `${operationId} ${answer.statusCode} documents ${name}`).toContain(name);
      }
    },
    expectBody(value, operationId, status) {
      const { path, method, operation } = find(operationId);
      const at =
        status === undefined
          ? pointer("paths", path, method, "requestBody", "content", "application/json", "schema")
          : pointer(
              "paths",
              path,
              method,
              "responses",
              String(status),
              "content",
              Object.keys(operation.responses[status]?.content ?? {})[0] ?? "",
              "schema",
            );
      const validate = ajv.getSchema(`api#${at}`) ?? ajv.compile({ $ref: `api#${at}` });
      expect(validate(value), `${operationId}: ${ajv.errorsText(validate.errors)} in ${JSON.stringify(value)}`).toBe(
        true,
      );
    },
  };
  return documented;
}
