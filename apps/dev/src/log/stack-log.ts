import type { ProcessName } from "@watchword/config";
import { createRenderer } from "./render.ts";

type Speaker = ProcessName | "stack";

const WIDTH = 9;

const colors: Record<Speaker, number> = { api: 36, worker: 32, dashboard: 35, simulator: 33, stack: 1 };

export interface StackLog {
  /** Something that the stack itself has to say. */
  say: (text: string) => void;
  /** A line that a process wrote. */
  line: (speaker: ProcessName, line: string) => void;
  /** Text for people, without a prefix. */
  block: (text: string) => void;
}

/** One log of all processes: who speaks, then what, one line each. */
export function createStackLog({ write, color }: { write: (text: string) => void; color: boolean }): StackLog {
  const render = createRenderer({ color });
  const prefix = (speaker: Speaker) => {
    const name = `${speaker.padEnd(WIDTH)} |`;
    return color ? `\u001B[${colors[speaker]}m${name}\u001B[0m` : name;
  };
  const put = (speaker: Speaker, lines: string[]) =>
    write(lines.map((line) => `${prefix(speaker)} ${line}`.trimEnd() + "\n").join(""));
  return {
    say: (text) => put("stack", text.split("\n")),
    line: (speaker, line) => put(speaker, render(line)),
    block: (text) => write(`${text}\n`),
  };
}
