import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { onTestFinished } from "vitest";
import type { Caller } from "../carrier.ts";
import { createTelnyxCaller, type TelnyxCallerOptions } from "./call.ts";
import type { TelnyxOptions } from "./client.ts";
import { createTelnyxSender, type TelnyxSender } from "./send.ts";

interface ReceivedRequest {
  method: string | undefined;
  path: string | undefined;
  headers: IncomingHttpHeaders;
  body: unknown;
}

export interface AnsweringServer {
  baseUrl: string;
  /** Every request that reached it, in order. */
  requests: readonly ReceivedRequest[];
  close(): Promise<void>;
}

/** A carrier that gives one answer to everything; gone when the test is. */
export async function startServer(answer: (response: ServerResponse) => void): Promise<AnsweringServer> {
  const requests: ReceivedRequest[] = [];
  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    const { method, url: path, headers } = request;
    requests.push({ method, path, headers, body: await json(request) });
    answer(response);
  };
  const server = createServer((request, response) => void serve(request, response));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const close = async () => {
    if (!server.listening) return;
    server.close();
    server.closeAllConnections();
    await once(server, "close");
  };
  onTestFinished(close);
  return { baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v2`, requests, close };
}

export const message = {
  to: "+14155550123",
  text: "123456 is your code",
  webhookUrl: "https://verify.example.com/webhooks/telnyx/dl_1",
};

export const call = { to: message.to, webhookUrl: message.webhookUrl, commandId: "dl_1.dial" };

const testOptions = (baseUrl: string): TelnyxOptions => ({
  apiKey: "KEY_test",
  from: "+14155550100",
  baseUrl,
  timeoutMs: 10_000,
  connections: 2,
});

/** A sender of the real SDK; closed when the test is finished. */
export function senderTo(baseUrl: string, options: Partial<TelnyxOptions> = {}): TelnyxSender {
  const sender = createTelnyxSender({ ...testOptions(baseUrl), ...options });
  onTestFinished(() => sender.close());
  return sender;
}

/** A caller of the real SDK; closed when the test is finished. */
export function callerTo(baseUrl: string, options: Partial<TelnyxCallerOptions> = {}): Caller {
  const caller = createTelnyxCaller({ ...testOptions(baseUrl), connectionId: "7267000000000000001", ...options });
  onTestFinished(() => caller.close());
  return caller;
}
