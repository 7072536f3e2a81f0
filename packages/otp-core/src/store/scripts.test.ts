import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { scriptText } from "./scripts.ts";

const folder = new URL("lua/", import.meta.url);
const namesIn = (path: string) =>
  readdirSync(new URL(path, folder))
    .filter((name) => name.endsWith(".lua"))
    .map((name) => path + name.slice(0, -".lua".length));

const parts = namesIn("parts/");
const files = [...namesIn(""), ...parts].map((path) => {
  const text = readFileSync(new URL(`${path}.lua`, folder), "utf8");
  const words = new Set(text.replaceAll(/--.*|'[^']*'/g, "").match(/[A-Za-z_]\w*/g));
  const uses = /^-- Uses: (.*)/.exec(text)?.[1]?.split(", ") ?? [];
  const defines = [...text.matchAll(/^local (?:function )?([\w, ]+)/gm)].flatMap(([, names = ""]) =>
    names.split(/, | /),
  );
  return { path, words, uses, defines: defines.filter((name) => name !== "") };
});
const definedBy = new Map(parts.map((path) => [path, files.find((file) => file.path === path)?.defines ?? []]));

test.each(files)("$path says which parts it uses, all of them and no others", ({ path, words, uses, defines }) => {
  const used = parts.filter(
    (part) => part !== path && definedBy.get(part)?.some((name) => words.has(name) && !defines.includes(name)),
  );
  expect(uses.map((part) => `parts/${part}`)).toEqual(used);
});

test("no two parts give the same name to different things", () => {
  const names = [...definedBy.values()].flat();
  expect(names).toHaveLength(new Set(names).size);
});

test("a part stands in a script once, before what uses it", () => {
  const text = scriptText("claim");
  const places = ["words", "steps_of", "next_step"].map((name) => text.split(`local function ${name}(`));
  expect(places.map((pieces) => pieces.length)).toEqual([2, 2, 2]);
  const [words = 0, steps = 0, next = 0] = places.map(([before = ""]) => before.length);
  expect(words).toBeLessThan(steps);
  expect(steps).toBeLessThan(next);
});
