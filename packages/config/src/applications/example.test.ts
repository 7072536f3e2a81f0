import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { languages } from "@watchword/messages";
import { eventTypes, limitBounds } from "@watchword/otp-core";
import { describe, expect, test } from "vitest";
import { forApi, forWorker, production, refusal } from "../testing/applications-file.fixture.ts";
import { hashApiKey } from "./api-key.ts";
import { applicationsJsonSchema } from "./json-schema.ts";

const pathOf = (name: string) => fileURLToPath(new URL(`../../${name}`, import.meta.url));
const example = pathOf("applications.example.json");
const json = (name: string): unknown => JSON.parse(readFileSync(pathOf(name), "utf8"));

interface JsonSchema {
  properties?: Record<string, JsonSchema>;
  items?: JsonSchema;
  anyOf?: JsonSchema[];
  additionalProperties?: JsonSchema | false;
  description?: string;
}

const wildcards: Record<string, string[]> = { limits: ["<policy>"], texts: ["<language>", "<text>"] };

/** Every field that holds no others, as `code.length`, `workflow[].channel` or `texts.<language>.<text>`. */
function leaves(schema: JsonSchema, path = "", names: string[] = []): string[] {
  const more = [schema, ...(schema.anyOf ?? [])].flatMap(({ properties, items, additionalProperties }) => [
    ...Object.entries(properties ?? {}).flatMap(([name, field]) =>
      leaves(field, path === "" ? name : `${path}.${names[0] ?? name}`, wildcards[name] ?? names.slice(1)),
    ),
    ...(items?.properties ? leaves(items, `${path}[]`) : []),
    ...(additionalProperties ? leaves(additionalProperties, `${path}.${names[0] ?? ""}`, names.slice(1)) : []),
  ]);
  return more.length > 0 ? [...new Set(more)] : [path];
}

const fields = () => {
  const file = applicationsJsonSchema({ eventTypes, limitBounds }) as JsonSchema;
  return leaves(file.properties?.["applications"]?.items ?? {});
};

describe("applications.example.json", () => {
  test("is a usable file in development, for the public keys that its documentation names", () => {
    const [first, second] = forApi(example);
    expect([first?.keyHashes, second?.keyHashes]).toEqual([
      [hashApiKey("ww_dev_key")],
      [hashApiKey("ww_dev_other_key")],
    ]);
    expect(forWorker(example).map(({ brand }) => brand)).toEqual(["Watchword", "Example Shop"]);
    const documentation = readFileSync(pathOf("applications.md"), "utf8");
    for (const key of ["`ww_dev_key`", "`ww_dev_other_key`"]) expect(documentation).toContain(key);
  });

  test("shows every field", () => {
    const { applications } = json("applications.example.json") as { applications: object[] };
    const [first = ""] = applications.map((application) => JSON.stringify(application)).slice(-1);
    for (const field of fields()) {
      const name = field.split(/[.[]/).findLast((part) => /^\w+$/.test(part)) ?? "";
      expect(first, field).toContain(`"${name}":`);
    }
  });

  test("opens nothing in production: what is public in it is refused", () => {
    expect(refusal(() => forApi(example, { ...production, ALLOWED_COUNTRIES: "US" }))).toEqual([
      "applications[0].api_key_hashes[0] is of a public development key",
      "applications[1].api_key_hashes[0] is of a public development key",
      "applications[1].webhook.secrets[0] is the public one of the example",
    ]);
  });
});

test("applications.md describes every field, and no other", () => {
  const rows = readFileSync(pathOf("applications.md"), "utf8").matchAll(/^\| `([^`]+)` +\|/gm);
  expect([...rows].map(([, field = ""]) => field).toSorted()).toEqual(fields().toSorted());
});

test("applications.md names every language that calls speak", () => {
  const documentation = readFileSync(pathOf("applications.md"), "utf8");
  expect(documentation).toContain(
    languages
      .toSorted()
      .map((language) => `\`${language}\``)
      .join(", "),
  );
});

test("applications.schema.json is up to date (npm run schema)", () => {
  expect(json("applications.schema.json")).toEqual(applicationsJsonSchema({ eventTypes, limitBounds }));
});
