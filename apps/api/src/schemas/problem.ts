import { z } from "zod";

/** RFC 9457 problem details. */
export const problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.string().meta({ description: "Stable; what programs decide on" }),
    detail: z.string(),
    policy: z.string().optional().meta({ description: "The limit that was reached" }),
    errors: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
  })
  .meta({ id: "Problem" });

export type Problem = z.output<typeof problem>;

/** The response schemas of a route's refusals. */
export const problems = <Status extends number>(...statuses: Status[]): Record<Status, typeof problem> =>
  Object.fromEntries(statuses.map((status) => [status, problem])) as Record<Status, typeof problem>;

/** The response schema of an answer without a body. */
export const nothing = z.null().meta({ description: "Nothing" });
