import { expect, test } from "vitest";
import { installedRedis, type System } from "./install.ts";

const started = { kind: "absent", reason: "the stand-in starts nothing" } as const;

interface Machine {
  /** Commands that exist; a command is also told what it was asked. */
  run: (line: string) => number;
  isRoot?: boolean;
  hasSystemd?: boolean;
  listens?: boolean[];
}

async function installOn({ run, isRoot = true, hasSystemd = false, listens = [] }: Machine) {
  const ran: string[] = [];
  const said: string[] = [];
  const answers = [...listens];
  const system: System = {
    run: async (command, args) => {
      const line = [command, ...args].join(" ");
      const status = run(line);
      if (!line.endsWith("--version")) ran.push(line);
      return { status, output: `${line}: output` };
    },
    isRoot,
    hasSystemd,
    listens: async () => answers.shift() ?? false,
    start: async () => started,
  };
  const request = { env: { PATH: "" }, durable: true, say: (line: string) => said.push(line) };
  return { outcome: await installedRedis(request, system), ran, said };
}

const apt = "env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get";
const install = `${apt} install --yes --no-install-recommends --option DPkg::Lock::Timeout=60`;
const has = (command: string) => (line: string) => (line.includes(command) ? 0 : 127);

test("says what it runs before it runs it, and refreshes nothing that works without", async () => {
  const { outcome, ran, said } = await installOn({ run: has("apt-get") });
  expect(ran).toEqual([`${install} redis-server`]);
  expect(said[0]).toBe(`Running: ${install} redis-server`);
  expect(outcome).toBe(started);
});

test("refreshes the package lists when the first install fails", async () => {
  let refreshed = false;
  const { ran } = await installOn({
    run: (line) => {
      if (line.endsWith("apt-get update")) refreshed = true;
      return line.startsWith("apt-get --version") || refreshed ? 0 : 100;
    },
  });
  expect(ran).toEqual([
    `${install} redis-server`,
    `${install} valkey-server`,
    `${apt} update`,
    `${install} redis-server`,
  ]);
});

test("shows the package manager's output when it fails", async () => {
  const { outcome } = await installOn({ run: (line) => (line === "apt-get --version" ? 0 : 1) });
  expect(outcome).toMatchObject({ kind: "failed" });
  expect(outcome).toHaveProperty("reason", expect.stringContaining(`${apt} update: output`));
});

test("without root it uses sudo where that asks for no password", async () => {
  const { ran } = await installOn({ isRoot: false, run: (line) => (/apt-get|sudo/.test(line) ? 0 : 127) });
  expect(ran).toEqual(["sudo -n true", `sudo -n ${install} redis-server`]);
});

test("without root and without sudo it installs nothing", async () => {
  const { outcome, ran } = await installOn({ isRoot: false, run: (line) => (line.includes("sudo") ? 1 : 0) });
  expect(ran).toEqual(["sudo -n true"]);
  expect(outcome).toEqual({ kind: "absent", reason: "apt-get needs root or passwordless sudo" });
});

test("brew is used by people and never by root", async () => {
  expect((await installOn({ isRoot: true, run: has("brew") })).ran).toEqual([]);
  expect((await installOn({ isRoot: false, run: has("brew") })).ran).toEqual(["brew install --quiet redis"]);
});

test("no service stays on: systemd is told to disable it", async () => {
  const { ran } = await installOn({ run: has(""), hasSystemd: true });
  expect(ran.at(-1)).toBe("systemctl disable --now redis-server");
});

test("no service stays on: one that has started without systemd is stopped", async () => {
  const { ran, said } = await installOn({ run: has(""), listens: [false, true, false] });
  expect(ran.at(-1)).toBe("service redis-server stop");
  expect(said.join("\n")).not.toContain("could not be stopped");
});

test("a Redis that was there before is left alone", async () => {
  const { ran } = await installOn({ run: has(""), listens: [true, true, true] });
  expect(ran).toEqual([`${install} redis-server`]);
});
