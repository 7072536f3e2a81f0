import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** A TCP proxy in front of Redis: an outage without stopping the server that other tests use. */
export interface Proxy {
  /** The Redis URL through the proxy. */
  url: string;
  /** Refuses and drops connections, as a server that is gone does. */
  cut(): Promise<void>;
  /** Keeps connections and passes nothing on, as a stopped server does. */
  hang(): void;
  /** From the first command on that holds `text`, passes commands on and keeps the replies back until it is restored. */
  holdRepliesAt(text: string): void;
  restore(): Promise<void>;
  close(): Promise<void>;
}

export async function startProxy(redisUrl: string): Promise<Proxy> {
  const target = new URL(redisUrl);
  const sockets = new Set<Socket>();
  let hanging = false;
  let holdingAt: string | undefined;
  let heldReplies: (() => void)[] | undefined;
  const server = createServer((client) => {
    const upstream = connect(Number(target.port || 6379), target.hostname);
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from);
      from.on("data", (chunk) => {
        if (hanging) return;
        if (from === client && holdingAt !== undefined && chunk.includes(holdingAt)) heldReplies ??= [];
        if (from === upstream && heldReplies) heldReplies.push(() => to.write(chunk));
        else to.write(chunk);
      });
      from.on("close", () => {
        sockets.delete(from);
        to.destroy();
      });
      // A dropped connection is what the proxy is for.
      from.on("error", () => undefined);
    }
  });
  const listen = async (port: number) => {
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
  };
  const stop = async () => {
    if (!server.listening) return;
    const closed = once(server, "close");
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  await listen(0);
  const { port } = server.address() as AddressInfo;
  // Everything else of the URL, such as the password, is the server's.
  const url = new URL(redisUrl);
  url.hostname = "127.0.0.1";
  url.port = String(port);
  return {
    url: url.href,
    cut: stop,
    hang() {
      hanging = true;
    },
    holdRepliesAt(text) {
      holdingAt = text;
    },
    async restore() {
      if (hanging) for (const socket of sockets) socket.destroy();
      hanging = false;
      for (const pass of heldReplies ?? []) pass();
      heldReplies = undefined;
      holdingAt = undefined;
      if (!server.listening) await listen(port);
    },
    close: stop,
  };
}
