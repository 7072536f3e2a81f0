import type { z } from "zod";
import { type Fault, type RefusalName, TelnyxRefusal, isRefusalName } from "./telnyx-refusal.ts";

/** What a schema of this app says where a value is wrong: the refusal's name, as Zod's message. */
export function refuseAs(name: RefusalName): { error: (issue: { input?: unknown }) => RefusalName } {
  return { error: ({ input }) => (input === undefined ? "missing_parameter" : name) };
}

/** @throws {TelnyxRefusal} with a fault for each parameter that does not fit */
export function parseRequest<Schema extends z.ZodType>(schema: Schema, body: unknown): z.output<Schema> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const [first, ...others] = parsed.error.issues.map(({ message, path }): Fault => {
    const name = isRefusalName(message) ? message : "malformed";
    return path.length > 0 ? { name, pointer: `/${path.join("/")}` } : { name };
  });
  throw new TelnyxRefusal(first ?? { name: "malformed" }, ...others);
}
