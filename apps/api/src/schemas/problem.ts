import { z } from "zod";
import { type ProblemCode, problemTypes } from "../plugins/problems.ts";

const codes = Object.keys(problemTypes) as [ProblemCode, ...ProblemCode[]];

/** RFC 9457 problem details. */
export const problem = z
  .object({
    type: z.string().meta({ description: "`urn:watchword:problem:` and the code" }),
    title: z.string().meta({ description: "What every problem of this code has in common" }),
    status: z.int().meta({ description: "The HTTP status once more" }),
    code: z.enum(codes).meta({ description: "Stable; what programs decide on" }),
    detail: z.string().meta({ description: "What is wrong with this request, for people" }),
    policy: z.string().optional().meta({ description: "The limit that was reached" }),
    errors: z
      .array(
        z.object({
          field: z.string().meta({ description: "Its path in the body, such as `metadata.user_id`" }),
          message: z.string(),
        }),
      )
      .optional()
      .meta({ description: "What is wrong, field by field; at most 16" }),
  })
  .meta({ id: "Problem", description: "Problem details (RFC 9457)" });

export type Problem = z.output<typeof problem>;

/** What a route that needs a key may answer with, whatever it does. */
export const behindKey = ["unauthorized", "unavailable"] as const;
/** What a route that reads a body may answer with besides. */
export const readsBody = ["invalid_request", "payload_too_large", "unsupported_media_type"] as const;
/** What a route that starts verifications may answer with besides. */
export const startsVerification = [
  "invalid_phone_number",
  "unsupported_destination",
  "verification_conflict",
  "too_many_requests",
  "number_locked",
  "destination_suspended",
] as const;

type StatusOf<Code extends ProblemCode> = (typeof problemTypes)[Code]["status"];

interface Refusals {
  codes: readonly ProblemCode[];
  mediaType: "application/problem+json" | "application/json";
}

/** Which refusals a response schema stands for; the OpenAPI document names each. */
const refusals = new WeakMap<object, Refusals>();
export const refusalsOf = (schema: object): Refusals | undefined => refusals.get(schema);

/** Response schemas by status, one of its own for each, so that the document can tell them apart. */
export function responsesOf<Schema extends z.ZodType, Code extends ProblemCode>(
  schema: Schema,
  refused: readonly Code[],
  mediaType: Refusals["mediaType"],
): Record<StatusOf<Code>, Schema> {
  const byStatus = Object.groupBy(refused, (code) => problemTypes[code].status);
  const responses = Object.entries<Code[] | undefined>(byStatus).map(([status, codes = []]) => {
    const own = schema.clone();
    refusals.set(own, { codes, mediaType });
    return [status, own] as const;
  });
  return Object.fromEntries(responses) as Record<StatusOf<Code>, Schema>;
}

/** The response schemas of a route's refusals, a failure of ours among them. */
export const problems = <Code extends ProblemCode>(
  ...refused: readonly Code[]
): Record<StatusOf<Code | "internal_error">, typeof problem> =>
  responsesOf<typeof problem, Code | "internal_error">(
    problem,
    [...refused, "internal_error"],
    "application/problem+json",
  );

/** The same responses with more refusals among them. */
export function addProblems<Responses extends object, Code extends ProblemCode>(
  responses: Responses,
  ...more: readonly Code[]
): Responses & Record<StatusOf<Code>, typeof problem> {
  const known = Object.values(responses).flatMap((schema: object) => refusals.get(schema)?.codes ?? []);
  return {
    ...responses,
    ...responsesOf<typeof problem, ProblemCode>(problem, [...known, ...more], "application/problem+json"),
  };
}

/** The response schema of an answer without a body. */
export const nothing = z.null().meta({ description: "Nothing" });
