import type { FieldError } from "@watchword/otp-core";
import type { FastifySchemaCompiler } from "fastify";
import { validatorCompiler } from "fastify-type-provider-zod";
import { z } from "zod";

const kinds: Readonly<Record<string, string>> = {
  object: "a JSON object",
  record: "a JSON object",
  array: "a list",
  int: "a whole number",
};

/** zod's issues in the words of an API: what the caller has to change, without what was sent. */
export function useApiMessages(): void {
  z.config({
    customError: (issue) => {
      switch (issue.code) {
        case "invalid_type":
          if (issue.input === undefined) return "is required";
          if (issue.input === null) return "must not be null";
          return `must be ${kinds[issue.expected] ?? `a ${issue.expected}`}`;
        case "invalid_value":
          return `must be ${issue.values.map(String).join(" or ")}`;
        case "too_big":
          return `must be at most ${issue.maximum}${issue.origin === "string" ? " characters" : ""}`;
        case "too_small":
          return `must be at least ${issue.minimum}${issue.origin === "string" ? " characters" : ""}`;
        case "unrecognized_keys":
          return "is not a field of this request";
        default:
          return undefined;
      }
    },
  });
}

/** Fastify hands over null where there is nothing, such as no body; a body that is null is refused before. */
export const validatorOf: FastifySchemaCompiler<z.ZodType> = (route) => {
  const validate = validatorCompiler(route);
  return (data: unknown) => validate(data ?? undefined) as { value: unknown } | { error: Error };
};

interface ValidationEntry {
  instancePath: string;
  message?: string | undefined;
  /** Of an unrecognized-keys issue: the names. */
  params?: { keys?: unknown } | undefined;
}

/** More than anybody reads. */
const MAX_ERRORS = 16;

/** A name that looks like none may be anything that was put in the wrong place, a number or a code too: it is not shown. */
const shown = (name: string) => (/^([A-Za-z_][\w.-]{0,63}|\d{1,3})$/.test(name) ? name : "?");

/** One error per field, the unknown ones by their own names. */
export function fieldErrors(validation: readonly ValidationEntry[]): FieldError[] {
  const errors = validation.flatMap(({ instancePath, message = "is not valid", params }) => {
    const path = instancePath.split("/").filter(Boolean);
    const unknown = Array.isArray(params?.keys) ? params.keys.map(String) : [""];
    return unknown.map((key) => {
      const names = [...path, key].filter(Boolean).map(shown);
      return { field: names.join(".").slice(0, 100) || "body", message };
    });
  });
  return errors.slice(0, MAX_ERRORS);
}
