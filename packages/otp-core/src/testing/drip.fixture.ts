import { once } from "node:events";
import { connect } from "node:net";

export interface Dripped {
  /** All that the server said. */
  text: string;
  ms: number;
}

/**
 * Sends, then drips until the server closes; whether by an end or a reset is no matter.
 * @param drop sent every 10 ms; nothing more is sent without one
 */
export async function drip(port: number, first: string, drop?: string): Promise<Dripped> {
  const begun = performance.now();
  const socket = connect(port, "127.0.0.1");
  let text = "";
  socket.setEncoding("latin1").on("data", (chunk: string) => (text += chunk));
  const closed = new Promise((resolve) => socket.on("error", () => undefined).once("close", resolve));
  await once(socket, "connect");
  socket.write(first);
  const timer = drop === undefined ? undefined : setInterval(() => socket.write(drop), 10);
  await closed;
  clearInterval(timer);
  return { text, ms: performance.now() - begun };
}
