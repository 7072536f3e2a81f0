import { readFileSync } from "node:fs";
import type { z } from "zod";
import { ConfigError } from "../load.ts";
import type { Problem } from "../production.ts";
import type { ApplicationsContext } from "./fields.ts";
import { problemsOfTexts } from "./own-texts.ts";
import { applicationsFile, type DeclaredApplication } from "./schema.ts";

const FILE = "APPLICATIONS_FILE";

/** A name that looks like none may be anything, a key pasted in the wrong place too: it is not shown. */
const shown = (part: PropertyKey) => (/^[\w$-]{1,40}$/.test(String(part)) ? String(part) : "?");

/** `["applications", 0, "code", "length"]` becomes `applications[0].code.length`. */
const pathText = (path: readonly PropertyKey[]) =>
  path
    .map((part) => (typeof part === "number" ? `[${part}]` : `.${shown(part)}`))
    .join("")
    .slice(1);

const problemAt = (path: readonly PropertyKey[], message: string): Problem => ({
  variable: path.length === 0 ? FILE : `${FILE} ${pathText(path)}`,
  message,
});

const kinds: Readonly<Record<string, string>> = {
  string: "must be text",
  int: "must be a whole number",
  boolean: "must be true or false",
  array: "must be a list",
};

/** Says in plain words what the schema itself has no words for; never what was found instead. */
const explain: z.core.$ZodErrorMap = (issue) => {
  switch (issue.code) {
    case "invalid_type":
      return issue.input === undefined ? "is missing" : (kinds[issue.expected] ?? "must be an object");
    case "invalid_value":
      return issue.input === undefined ? "is missing" : `must be ${issue.values.map(String).join(" or ")}`;
    case "too_big":
      return `must be at most ${issue.maximum}`;
    case "unrecognized_keys":
      return "is not a known field";
    default:
      return "is not valid";
  }
};

function problemsOf(issue: z.core.$ZodIssue): Problem[] {
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((key) => problemAt([...issue.path, key], issue.message));
    case "invalid_key":
      return issue.issues.map(({ message }) => problemAt(issue.path, message));
    default:
      return [problemAt(issue.path, issue.message)];
  }
}

/**
 * What no field alone can tell: each id is there once, each key opens one application, each has its countries, and its
 * texts can be sent.
 */
function problemsAcross(file: unknown, context: ApplicationsContext): Problem[] {
  const seen = new Map<string, number>();
  const problems: Problem[] = [];
  const once = (value: string, index: number, ...path: PropertyKey[]) => {
    const first = seen.get(value) ?? index;
    seen.set(value, first);
    if (first !== index)
      problems.push(problemAt(["applications", index, ...path], `is that of applications[${first}] too`));
  };
  for (const [index, application] of listOf(file, "applications").entries()) {
    const { id, countries } = (application ?? {}) as Record<string, unknown>;
    if (typeof id === "string") once(`id ${id}`, index, "id");
    for (const [position, hash] of listOf(application, "api_key_hashes").entries()) {
      if (typeof hash === "string") once(`hash ${hash.toLowerCase()}`, index, "api_key_hashes", position);
    }
    if (countries === undefined && !context.countriesKnown)
      problems.push(problemAt(["applications", index, "countries"], "is missing, and so is ALLOWED_COUNTRIES"));
    for (const { path, message } of problemsOfTexts(application, context))
      problems.push(problemAt(["applications", index, ...path], message));
  }
  return problems;
}

/** A list inside of what may be anything. */
function listOf(value: unknown, field: string): unknown[] {
  const list = ((value ?? {}) as Record<string, unknown>)[field];
  return Array.isArray(list) ? list : [];
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (error) {
    // Its message quotes the file: the place alone is told.
    const place = /\(line \d+ column \d+\)/.exec((error as Error).message)?.[0];
    throw new ConfigError([problemAt([], place === undefined ? "is not JSON" : `is not JSON ${place}`)]);
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new ConfigError([
      problemAt([], `names a file that cannot be read (${code}); a relative path begins where the process was started`),
    ]);
  }
}

/** @throws {ConfigError} with every problem, by JSON path and without a value. */
export function readApplicationsFile(path: string, context: ApplicationsContext): DeclaredApplication[] {
  const file = parseJson(readText(path));
  const result = applicationsFile(context).safeParse(file, { error: explain });
  const ofFields = firstOfEach(result.error?.issues.flatMap(problemsOf) ?? []);
  const problems = [...ofFields, ...problemsAcross(file, context).filter((problem) => !isAmong(ofFields, problem))];
  if (!result.success || problems.length > 0) throw new ConfigError(problems);
  return result.data.applications;
}

/** A place whose own field is wrong, or one around it, is told once. */
const isAmong = (told: readonly Problem[], { variable }: Problem) =>
  told.some((other) => variable === other.variable || variable.startsWith(`${other.variable}.`));

/** Where one place has several, the others follow from the first. */
const firstOfEach = (problems: Problem[]) =>
  problems.filter(({ variable }, index) => problems.findIndex((other) => other.variable === variable) === index);
