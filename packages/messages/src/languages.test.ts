import { readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { defaultLanguage, languages, textsByLanguage } from "./languages.ts";

/** What each kind of text has to name, and how often. */
const placeholders: Record<string, readonly string[]> = {
  sms: ["{brand}", "{code}"],
  sms_context: ["{amount}", "{brand}", "{code}", "{payee}"],
  spoken: ["{brand}", "{code}", "{code}"],
  spoken_context: ["{amount}", "{payee}"],
};

const textNames = Object.keys(textsByLanguage[defaultLanguage]).toSorted();

function isTexts(value: unknown): value is Record<string, string> {
  return typeof value === "object" && value !== null && typeof Object(value).sms === "string";
}

/** Every module here that exports texts, by file name without its ending: `sms.ts` is no language. */
async function languageFiles(): Promise<Map<string, unknown>> {
  const files = new Map<string, unknown>();
  for (const file of readdirSync(new URL(".", import.meta.url))) {
    if (!file.endsWith(".ts") || file.endsWith(".test.ts")) continue;
    const stem = file.slice(0, -".ts".length);
    const module: Record<string, unknown> = await import(/* @vite-ignore */ `./${file}`);
    const texts = Object.values(module).find(isTexts);
    if (texts !== undefined) files.set(stem, texts);
  }
  return files;
}

test("every language file is in the table under its own name, and nothing else is", async () => {
  expect(Object.fromEntries(await languageFiles())).toEqual(textsByLanguage);
});

test("the table's keys are canonical BCP 47 tags", () => {
  expect(Intl.getCanonicalLocales([...languages])).toEqual(languages);
});

describe.each(Object.entries(textsByLanguage))("%s", (_language, texts) => {
  test("has every text that the default language has", () => {
    expect(Object.keys(texts).toSorted()).toEqual(textNames);
    expect(Object.values(texts)).not.toContain("");
  });

  test.each(Object.entries(texts))("names each placeholder as often as its %s text has to", (name, text) => {
    expect(text.match(/\{\w*\}/g)?.toSorted()).toEqual(placeholders[name]);
  });

  test.each(Object.entries(texts))("is written in composed letters (NFC) in its %s text", (_name, text) => {
    expect(text).toBe(text.normalize("NFC"));
  });
});
