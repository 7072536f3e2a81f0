import type { FastifyReply } from "fastify";
import type { PhoneEvent, Phones } from "./phones.ts";

const heartbeatMs = 15_000;
const snapshotPhones = 50;
const reconnectAfterMs = 1000;
// A reader that cannot keep up is cut off; it comes back and starts from a fresh snapshot.
const longestBacklogBytes = 16 * 1024 * 1024;

export interface PhoneStream {
  /** Answers with server-sent events: a `snapshot` of the most recent phones, then each `message` and `call`. */
  readonly open: (reply: FastifyReply) => void;
  /** Ends every open stream. */
  readonly close: () => void;
}

export function createPhoneStream(phones: Phones): PhoneStream {
  const closers = new Set<() => void>();

  function open(reply: FastifyReply): void {
    const { raw } = reply.hijack();
    raw.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
    raw.write(`retry: ${reconnectAfterMs}\n${format("snapshot", { phones: phones.recent(snapshotPhones) })}`);

    const unsubscribe = phones.subscribe((event) => write(formatEvent(event)));
    const heartbeat = setInterval(() => write(": still here\n\n"), heartbeatMs).unref();

    function write(chunk: string): void {
      if (raw.writableLength > longestBacklogBytes) raw.destroy();
      else raw.write(chunk);
    }

    function stop(): void {
      unsubscribe();
      clearInterval(heartbeat);
      closers.delete(stop);
      raw.end();
    }

    closers.add(stop);
    raw.once("close", stop);
  }

  return {
    open,
    close() {
      for (const stop of closers) stop();
    },
  };
}

function formatEvent(event: PhoneEvent): string {
  const { kind, ...data } = event;
  return format(kind, data);
}

function format(event: string, data: object): string {
  return `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}
