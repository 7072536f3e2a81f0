import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { developmentCredentials, developmentDefaults } from "./development.ts";
import { readEnvFile } from "./env-file.ts";
import { loadConfig } from "./load.ts";
import { type ProcessName, processes, type VariableName, variables } from "./variables.ts";

const path = fileURLToPath(new URL("../../../.env.example", import.meta.url));
const names = Object.keys(variables) as VariableName[];
const development = developmentDefaults({});

interface Entry {
  name: VariableName;
  value: string;
  comment: string[];
  /** The heading of its part of the file. */
  part: string;
}

/** Each commented assignment, with the comment lines right above it. */
function parse(text: string): Entry[] {
  const entries: Entry[] = [];
  let comment: string[] = [];
  let part = "";
  for (const line of text.split("\n")) {
    part = /^# --- (.+?) -+$/.exec(line)?.[1] ?? part;
    const [, name, value] = /^#([A-Z][A-Z0-9_]*)=(.*)$/.exec(line) ?? [];
    if (name !== undefined && value !== undefined) entries.push({ name: name as VariableName, value, comment, part });
    comment = line.startsWith("# ") && name === undefined ? [...comment, line.slice(2)] : [];
  }
  return entries;
}

const entries = parse(readFileSync(path, "utf8"));
const entry = (name: VariableName) => entries.find((each) => each.name === name);
const isCredential = (name: string) => developmentCredentials.some((credential) => credential === name);
const hasDefault = (name: VariableName) => variables[name].safeParse(undefined).data !== undefined;

/** The processes that a text names, such as "API and worker"; none where it says anything else. */
function processesNamed(text: string): ProcessName[] {
  const all = Object.keys(processes) as ProcessName[];
  if (text === "Every process") return all;
  const words =
    text
      .toLowerCase()
      .match(/\w+/g)
      ?.filter((word) => word !== "and") ?? [];
  const named = all.filter((name) => words.includes(name));
  return named.length === words.length ? named : [];
}

/** Those that a variable's comment begins with, else those of its part: "Texts (worker)" is the worker's. */
function readersTold({ comment: [first = ""], part }: Entry): ProcessName[] {
  const own = processesNamed(/^([^:]+): /.exec(first)?.[1] ?? "");
  return own.length > 0 ? own : processesNamed(/\((.+)\)$/.exec(part)?.[1] ?? part);
}

describe(".env.example", () => {
  test("describes every variable once, and no other", () => {
    expect(entries.map(({ name }) => name).toSorted()).toEqual(names.toSorted());
  });

  test("has a comment of one to three lines for each", () => {
    for (const { name, comment } of entries) {
      expect(comment.length, name).toBeGreaterThanOrEqual(1);
      expect(comment.length, name).toBeLessThanOrEqual(3);
    }
  });

  test.each(entries)("says of $name which processes read it", (told) => {
    const lists: Record<string, readonly VariableName[]> = processes;
    const readers = Object.keys(lists).filter((name) => lists[name]?.includes(told.name));
    expect(readersTold(told)).toEqual(readers);
  });

  test("changes nothing when it is copied as it is", () => {
    expect(readEnvFile(path)).toEqual({});
  });

  test.each(names.filter(hasDefault))("shows the default of %s, and says what development has instead", (name) => {
    const { value = "", comment = [] } = entry(name) ?? {};
    expect(variables[name].parse(value)).toEqual(variables[name].parse(undefined));
    const instead = development[name];
    expect(/^Development\b/m.test(comment.join("\n"))).toBe(instead !== undefined);
    if (instead !== undefined) expect(comment.join("\n")).toContain(instead);
  });

  test.each(names.filter((name) => !hasDefault(name)))("shows of %s what development alone has, or nothing", (name) => {
    const { value, comment = [] } = entry(name) ?? {};
    const shown = isCredential(name) ? "" : (development[name] ?? "");
    expect(value).toBe(shown);
    expect(/\bDevelopment\b/.test(comment.join("\n"))).toBe(shown !== "");
  });

  test("holds no secret, not even a public one, and says how each is had", () => {
    for (const name of developmentCredentials) {
      expect(readFileSync(path, "utf8")).not.toContain(development[name]);
      expect(entry(name)?.comment.join("\n"), name).toMatch(/openssl rand|portal\.telnyx\.com/);
    }
  });

  test("is a usable development configuration with every line uncommented", () => {
    const all = Object.fromEntries(entries.map(({ name, value }) => [name, value]));
    for (const name of Object.keys(processes) as ProcessName[]) {
      expect(() => loadConfig(name, all)).not.toThrow();
    }
  });
});
