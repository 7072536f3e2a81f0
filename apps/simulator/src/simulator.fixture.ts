import type { FastifyInstance } from "fastify";
import Telnyx from "telnyx";
import { onTestFinished } from "vitest";
import { type SimulatorOptions, buildSimulator, simulatorPublicKey } from "./app.ts";
import type { PhoneContent } from "./phones.ts";
import { type ReceivedWebhook, type WebhookReceiver, startReceiver } from "./webhook-receiver.fixture.ts";

export interface RunningSimulator {
  readonly app: FastifyInstance;
  readonly address: string;
  readonly client: Telnyx;
  readonly phone: (number: string) => Promise<PhoneContent>;
  readonly startReceiver: (
    respond?: (webhook: ReceivedWebhook) => number | Promise<number>,
  ) => Promise<WebhookReceiver>;
}

/** A simulator on a port of its own, with a client of the real SDK; gone when the test is. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<RunningSimulator> {
  const app = buildSimulator(options);
  const address = await app.listen({ host: "127.0.0.1", port: 0 });
  onTestFinished(() => app.close());
  const client = new Telnyx({
    apiKey: "any key",
    publicKey: simulatorPublicKey,
    baseURL: `${address}/v2`,
    maxRetries: 0,
    logLevel: "off",
  });
  return {
    app,
    address,
    client,
    phone: async (number) => (await app.inject(`/phones/${encodeURIComponent(number)}`)).json<PhoneContent>(),
    startReceiver: (respond) => startReceiver((body, given) => client.webhooks.unwrap(body, given), respond),
  };
}

/** What a rejected promise rejected with. */
export function failure(promise: PromiseLike<unknown>): Promise<unknown> {
  return Promise.resolve(promise).then(
    () => {
      throw new Error("it was to fail, and did not");
    },
    (error: unknown) => error,
  );
}

/** The code and pointer of Telnyx's error body, as the SDK hands them over. */
export function firstError(error: unknown): { code?: string; pointer?: string | undefined } {
  if (!(error instanceof Telnyx.APIError)) return {};
  const body = error.error as { errors?: { code: string; source?: { pointer: string } }[] } | undefined;
  const [first] = body?.errors ?? [];
  return first ? { code: first.code, pointer: first.source?.pointer } : {};
}
