import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { readEnvFile } from "./env-file.ts";
import { ConfigError } from "./load.ts";

function file(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), "watchword-env-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, ".env");
  writeFileSync(path, text);
  return path;
}

const read = (...lines: string[]) => readEnvFile(file(lines.join("\n")));

function refusal(path: string): ConfigError {
  try {
    readEnvFile(path);
  } catch (error) {
    if (error instanceof ConfigError) return error;
  }
  throw new Error("the file was taken");
}

describe("readEnvFile", () => {
  test("takes a file that is not there as an empty one", () => {
    expect(readEnvFile(join(tmpdir(), "no such folder", ".env"))).toEqual({});
    expect(read("")).toEqual({});
  });

  test("reads assignments, quotes, comments and export", () => {
    const values = read(
      "# a comment",
      "",
      "PLAIN=value",
      "  SPACED = around  ",
      "export EXPORTED=yes",
      'DOUBLE="two words # not a comment"',
      "SINGLE='single $quoted'",
      "COMMENTED=value # a comment",
      "EMPTY=",
      "URL=redis://:pass@127.0.0.1:6379/0?x=y",
      "BASE64=a:AAAA+/==",
      "   # an indented comment",
    );
    expect(values).toEqual({
      PLAIN: "value",
      SPACED: "around",
      EXPORTED: "yes",
      DOUBLE: "two words # not a comment",
      SINGLE: "single $quoted",
      COMMENTED: "value",
      EMPTY: "",
      URL: "redis://:pass@127.0.0.1:6379/0?x=y",
      BASE64: "a:AAAA+/==",
    });
  });

  test.each([
    ["Windows line ends", "A=1\r\nB=2\r\n"],
    ["a byte-order mark", "\ufeffA=1\nB=2\n"],
    ["no line end", "A=1\nB=2"],
  ])("reads a file with %s", (_what, text) => {
    expect(readEnvFile(file(text))).toEqual({ A: "1", B: "2" });
  });

  test("names every line that is no assignment by its number, and shows nothing of it", () => {
    const path = file("A=1\nhunter2Secret\n\n=hunter2Secret\n2B=hunter2Secret\nB: hunter2Secret\n# fine\nC=3\n");
    const { problems, message } = refusal(path);
    expect(problems.map(({ variable }) => variable)).toEqual([2, 4, 5, 6].map((line) => `.env line ${line}`));
    expect(message).toContain(".env line 4 is not NAME=value");
    expect(message).not.toContain("hunter2");
  });

  test("says so where the file cannot be read", () => {
    const { problems } = refusal(tmpdir());
    expect(problems).toEqual([{ variable: ".env", message: "cannot be read (EISDIR)" }]);
  });
});
