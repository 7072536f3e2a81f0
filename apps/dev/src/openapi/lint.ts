import { Spectral } from "@stoplight/spectral-core";
import { ruleset } from "./ruleset.ts";

/** What is wrong with an OpenAPI document, a line each: errors, warnings and hints alike. */
export async function lintDocument(document: object): Promise<string[]> {
  const spectral = new Spectral();
  spectral.setRuleset(ruleset);
  const results = await spectral.run(structuredClone(document) as Record<string, unknown>);
  return results.map(({ code, path, message }) => `${path.join(".")}: ${message} (${code})`);
}
