import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hashApiKey, KEY_HASH_PREFIX } from "@watchword/config";
import { describe, expect, onTestFinished, test } from "vitest";
import { type Program, runProgram } from "./testing/run-program.fixture.ts";

const SECRET = "hunter2Secret";
const application = (id: string, brand: string) => ({
  id,
  brand,
  api_key_hashes: [KEY_HASH_PREFIX + hashApiKey(`key of ${id}`)],
});

/** A process over a file of its own. */
function watching(id: string, ...applications: object[]) {
  const folder = mkdtempSync(join(tmpdir(), "watchword-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "applications.json");
  const write = (content: unknown) =>
    writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
  write({ applications });
  return { write, path, program: runProgram("watches applications", { APPLICATIONS_FILE: path }, id) };
}

/** Sends the signal and waits until the process has said so many things in all. */
async function hangUp(program: Program, count: number): Promise<string | undefined> {
  program.kill("SIGHUP");
  await expect.poll(() => program.said(), { timeout: 15_000 }).toHaveLength(count);
  return program.said().at(-1);
}

describe("on SIGHUP", () => {
  test("the file is read again, at once for all, and the log says what changed", async () => {
    const { program, write } = watching("shop", application("shop", "Shop"), application("old", "Old"));
    await program.logged("serving");
    expect(program.said()).toEqual(["shop: Shop, old: Old"]);

    write({ applications: [application("new", "New"), application("shop", "Better Shop")] });
    expect(await hangUp(program, 3)).toBe("Better Shop");
    expect(program.said()[1]).toBe("new: New, shop: Better Shop");
    await program.logged("applications loaded again");
    expect(program.log()).toContainEqual(
      expect.objectContaining({
        added: ["new"],
        removed: ["old"],
        changed: ["shop"],
        msg: "applications loaded again",
      }),
    );

    write({ applications: [application("new", "New")] });
    expect(await hangUp(program, 5)).toBe("no shop");
    program.kill("SIGTERM");
    expect(await program.ended).toBe(0);
  });

  test("a file that is not good changes nothing, and the log says why by its places alone", async () => {
    const { program, write } = watching("shop", application("shop", "Shop"));
    await program.logged("serving");

    write({ applications: [{ ...application("shop", SECRET.repeat(9)), webhook: SECRET }] });
    expect(await hangUp(program, 2)).toBe("Shop");
    write(`{"applications": ${SECRET}`);
    expect(await hangUp(program, 3)).toBe("Shop");
    const kept = "the applications stay as they were: their file is not usable";
    await expect.poll(() => program.log().filter(({ msg }) => msg === kept)).toHaveLength(2);
    expect(program.log().flatMap(({ problems }) => problems ?? [])).toEqual([
      "APPLICATIONS_FILE applications[0].brand must be at most 40 characters",
      "APPLICATIONS_FILE applications[0].webhook must be an object",
      "APPLICATIONS_FILE is not JSON",
    ]);
    expect(JSON.stringify(program.log())).not.toContain(SECRET);

    write({ applications: [application("shop", "Mended")] });
    expect(await hangUp(program, 5)).toBe("Mended");
    program.kill("SIGTERM");
    expect(await program.ended).toBe(0);
  });

  test("a process without a file goes on", async () => {
    const program = runProgram("watches applications", { BRAND: "Acme" }, "default");
    await program.logged("serving");
    expect(await hangUp(program, 2)).toBe("Acme");
    await program.logged("there is no APPLICATIONS_FILE to read again");
    program.kill("SIGTERM");
    expect(await program.ended).toBe(0);
  });
});

test("a process does not start with a file that is not good, and tells every problem without a value", async () => {
  const { program } = watching("shop", application("shop", SECRET.repeat(9)), { id: SECRET });
  expect(await program.ended).toBe(1);
  expect(program.errors()).toContain("APPLICATIONS_FILE applications[0].brand must be at most 40 characters");
  expect(program.errors()).toContain("APPLICATIONS_FILE applications[1].api_key_hashes is missing");
  expect(program.errors()).not.toContain(SECRET);
  expect(program.log()).toEqual([]);
});
