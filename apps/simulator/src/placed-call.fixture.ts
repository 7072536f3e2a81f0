import type Telnyx from "telnyx";
import type { SimulatorOptions } from "./app.ts";
import { type RunningSimulator, startSimulator } from "./simulator.fixture.ts";
import type { ReceivedWebhook, WebhookReceiver } from "./webhook-receiver.fixture.ts";

export const from = "+14155559999";
export const clientState: string = Buffer.from("delivery 1").toString("base64");
export const speech = { payload: "Your code is 1, 2, 3, 4, 5, 6.", voice: "female" };

interface Setup {
  readonly to?: string;
  readonly dial?: Partial<Telnyx.CallDialParams>;
  readonly options?: SimulatorOptions;
  readonly respond?: (webhook: ReceivedWebhook) => number | Promise<number>;
}

export interface PlacedCall extends RunningSimulator, WebhookReceiver {
  readonly to: string;
  readonly request: Telnyx.CallDialParams;
  readonly data: Telnyx.CallDialResponse["data"];
  readonly id: string;
  readonly actions: Telnyx["calls"]["actions"];
}

/** Dials through a simulator of the test's own. */
export async function place({ to = "+14155550123", dial, options, respond }: Setup = {}): Promise<PlacedCall> {
  const simulator = await startSimulator(options);
  const receiver = await simulator.startReceiver(respond);
  const request = { connection_id: "7267", to, from, webhook_url: receiver.url, client_state: clientState, ...dial };
  const { data } = await simulator.client.calls.dial(request);
  const id = data?.call_control_id ?? "";
  return { ...simulator, ...receiver, to, request, data, id, actions: simulator.client.calls.actions };
}
