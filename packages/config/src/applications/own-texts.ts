import { bounds, brand } from "../values.ts";
import type { ApplicationsContext } from "./fields.ts";

interface TextProblem {
  path: readonly PropertyKey[];
  message: string;
}

const entriesOf = (value: unknown): [string, unknown][] =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? Object.entries(value) : [];

/** The longest code that a request may bring or, where the application names no length, the environment ask for. */
function longestCode(code: unknown): number {
  const [, most] = bounds.codeLength;
  const { length, custom } = (code ?? {}) as Record<string, unknown>;
  return typeof length === "number" && length <= most && length > 0 && custom !== true ? Math.floor(length) : most;
}

/** Of a language, however its letters are written; what is no language is itself. */
function canonical(tag: string): string {
  try {
    return Intl.getCanonicalLocales(tag)[0] ?? tag;
  } catch {
    return tag;
  }
}

const twice = "is there twice: upper and lower case do not tell languages apart";

/** What is wrong with the texts of an application, which may be anything itself. */
export function problemsOfTexts(application: unknown, { problemOfOwnText }: ApplicationsContext): TextProblem[] {
  const declared = (application ?? {}) as Record<string, unknown>;
  const long = Array.isArray(declared["allow_long_texts"]) ? declared["allow_long_texts"] : [];
  const mayBeLong = new Set(long.map((tag: unknown) => canonical(String(tag))));
  const named = brand.safeParse(declared["brand"]);
  const ofApplication = { brand: named.data ?? "", codeLength: longestCode(declared["code"]) };
  const seen = new Set<string>();
  return entriesOf(declared["texts"]).flatMap(([language, texts]) => {
    const tag = canonical(language);
    const repeated: TextProblem[] = seen.has(tag) ? [{ path: ["texts", language], message: twice }] : [];
    seen.add(tag);
    return repeated.concat(
      entriesOf(texts).flatMap(([name, template]): TextProblem[] => {
        if (typeof template !== "string" || template === "") return [];
        const text = { language, name, template, ...ofApplication, mayBeLong: mayBeLong.has(tag) };
        const message = problemOfOwnText(text);
        return message === undefined ? [] : [{ path: ["texts", language, name], message }];
      }),
    );
  });
}
