import type { ProblemCode } from "../plugins/problems.ts";
import type { ProblemExample } from "./problem-docs.ts";

interface Example {
  summary: string;
  value: unknown;
}
/** By name. */
export type Examples = Readonly<Record<string, Example>>;

export interface AnswerDocs {
  description: string;
  /** Fields of the header that it has beyond those of every answer. */
  headers?: readonly ("Location" | "Cache-Control" | "Retry-After")[];
  /** None of an answer without a body. */
  examples?: Examples;
}

/** What the OpenAPI document says of a route beyond its schemas. */
export interface OperationDocs {
  /** Bodies to send. */
  requests?: Examples;
  /** By status: every answer that is no problem. */
  answers: Readonly<Record<number, AnswerDocs>>;
  /** Problems of which this route says something else than most. */
  refusals?: Readonly<Partial<Record<ProblemCode, ProblemExample>>>;
}

declare module "fastify" {
  interface FastifySchema {
    docs?: OperationDocs;
  }
}
