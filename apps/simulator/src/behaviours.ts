import type { RefusalName } from "./telnyx-refusal.ts";

export type Refusal =
  | { readonly kind: "telnyx"; readonly name: RefusalName; readonly retryAfterSeconds?: number }
  | { readonly kind: "html"; readonly status: number; readonly body: string };

/** How the webhooks go: each once, in order, after the answer; not at all; or twice, last first, before the answer. */
export type WebhookManner = "ordinary" | "silent" | "unruly";

export interface RequestBehaviour {
  /** Given so many times for one number before it is served once. */
  readonly refusal?: { readonly times: number; readonly answer: Refusal };
  readonly answer: "accepted" | "reset" | "nothing at all";
  readonly webhooks: WebhookManner;
}

export interface MessageBehaviour extends RequestBehaviour {
  readonly outcome: "delivered" | "delivery_failed";
}

export interface CallBehaviour extends RequestBehaviour {
  readonly pickedUpBy: "person" | "machine" | "busy" | "nobody";
  /** What a person does while a text is being spoken. */
  readonly whenSpokenTo: "listens" | "hangs up";
}

interface Row {
  /** For people, on the page. */
  readonly says: string;
  readonly message?: Partial<MessageBehaviour>;
  readonly call?: Partial<CallBehaviour>;
}

const always = Number.POSITIVE_INFINITY;
const serverErrorPage = "<html><head><title>500 Internal Server Error</title></head><body>Internal error</body></html>";

/** By the destination's last four digits. Where a row says nothing about calls, a person answers. */
const rows: Readonly<Record<string, Row>> = {
  "0001": { says: "Accepted, then delivery_failed", message: { outcome: "delivery_failed" } },
  "0002": { says: "Accepted, never any receipt", message: { webhooks: "silent" } },
  "0003": onAnyRequest("429 with Retry-After 1, twice, then accepted", {
    refusal: { times: 2, answer: { kind: "telnyx", name: "too_many_requests", retryAfterSeconds: 1 } },
  }),
  "0004": onAnyRequest("Takes the request, delivers nothing, never answers", { answer: "nothing at all" }),
  "0005": onAnyRequest("Delivers and sends its receipts, but resets the connection", { answer: "reset" }),
  "0006": {
    says: "400 with code 40310 (invalid destination)",
    message: { refusal: { times: always, answer: { kind: "telnyx", name: "invalid_to" } } },
  },
  "0007": onAnyRequest("503, twice, then accepted", {
    refusal: { times: 2, answer: { kind: "telnyx", name: "unavailable" } },
  }),
  "0008": onAnyRequest("Receipts before the response, each twice, out of order", { webhooks: "unruly" }),
  "0009": { says: "Call: an answering machine picks up", call: { pickedUpBy: "machine" } },
  "0010": { says: "Call: busy", call: { pickedUpBy: "busy" } },
  "0011": onAnyRequest("Delivers, resets the connection, never sends a receipt", {
    answer: "reset",
    webhooks: "silent",
  }),
  "0012": onAnyRequest("500 with an HTML body, always", {
    refusal: { times: always, answer: { kind: "html", status: 500, body: serverErrorPage } },
  }),
  "0013": { says: "Call: nobody answers", call: { pickedUpBy: "nobody" } },
  "0014": { says: "Call: a person answers, and hangs up while the text is spoken", call: { whenSpokenTo: "hangs up" } },
};

const ordinaryMessage: MessageBehaviour = { answer: "accepted", webhooks: "ordinary", outcome: "delivered" };
const ordinaryCall: CallBehaviour = {
  answer: "accepted",
  webhooks: "ordinary",
  pickedUpBy: "person",
  whenSpokenTo: "listens",
};

const messageBehaviours = byEnding(ordinaryMessage, (row) => row.message);
const callBehaviours = byEnding(ordinaryCall, (row) => row.call);

export const endings: readonly { readonly ending: string; readonly says: string }[] = Object.entries(rows).map(
  ([ending, { says }]) => ({ ending, says }),
);

export function messageBehaviour(to: string): MessageBehaviour {
  return messageBehaviours.get(to.slice(-4)) ?? ordinaryMessage;
}

export function callBehaviour(to: string): CallBehaviour {
  return callBehaviours.get(to.slice(-4)) ?? ordinaryCall;
}

function onAnyRequest(says: string, behaviour: Partial<RequestBehaviour>): Row {
  return { says, message: behaviour, call: behaviour };
}

function byEnding<Behaviour>(
  ordinary: Behaviour,
  pick: (row: Row) => Partial<Behaviour> | undefined,
): ReadonlyMap<string, Behaviour> {
  return new Map(Object.entries(rows).map(([ending, row]) => [ending, { ...ordinary, ...pick(row) }]));
}
