import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { onTestFinished } from "vitest";

const bulk = (text: string) => `$${Buffer.byteLength(text)}\r\n${text}\r\n`;

/**
 * Answers INFO with the settings, CONFIG with `appendfsync` or as one that forbids it, and anything else with OK: a
 * server that the shared Redis cannot be made into.
 */
export async function answeringRedis(settings: Record<string, string>, appendfsync?: string): Promise<string> {
  const info = ["redis_version:8.0.0", "loading:0", ...Object.entries(settings).map((entry) => entry.join(":"))];
  const config =
    appendfsync === undefined
      ? "-NOPERM User default has no permissions to run the 'config|get' command\r\n"
      : `*2\r\n${bulk("appendfsync")}${bulk(appendfsync)}`;
  const answers = new Map([
    ["INFO", bulk(info.join("\r\n"))],
    ["CONFIG", config],
  ]);
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.on("data", (data) => {
      // Each command is an array: its name is the first text after it.
      const commands = [...data.toString().matchAll(/\*\d+\r\n\$\d+\r\n(\w+)/g)].map(([, name]) => name?.toUpperCase());
      for (const name of commands) socket.write(answers.get(name ?? "") ?? "+OK\r\n");
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return `redis://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
