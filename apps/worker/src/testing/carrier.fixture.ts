import { buildSimulator } from "@watchword/simulator";
import { onTestFinished } from "vitest";

export interface CarrierRequest {
  /** Without the version, e.g. `/messages`. */
  path: string;
  body: Record<string, unknown>;
  /** ms, monotonic. */
  at: number;
}

/** An answer in the carrier's place. */
interface Refusal {
  status: number;
  /** The carrier's own. */
  code?: string;
  retryAfter?: string;
}

export interface CarrierOptions {
  /** How long it takes to answer. */
  latencyMs?: number;
  /** How long it says that it keeps a message in its own queue. */
  waitSeconds?: number;
  /**
   * Comes before a request has an effect; it may hold it back. `nth` counts the requests to this path from 1.
   * @returns the answer where the carrier does not get to see the request
   */
  before?: (request: CarrierRequest, nth: number) => Refusal | void | Promise<Refusal | void>;
  /** Comes after a request has had its effect and before its answer, which `lost` drops with its connection. */
  after?: (request: CarrierRequest, nth: number) => "lost" | void | Promise<"lost" | void>;
}

interface Call {
  status: string;
  /** What was said, oldest first. */
  spoken: string[];
}

export interface Carrier {
  baseUrl: string;
  /** All that it was asked, oldest first. */
  requests: CarrierRequest[];
  /** The texts on a phone, oldest first. */
  texts(number: string): Promise<string[]>;
  /** The calls to a phone, oldest first. */
  calls(number: string): Promise<Call[]>;
  /** The person will press these keys, one each time that a call asks for one. */
  press(number: string, digits: string): Promise<void>;
  /** The person hangs up. */
  hangUp(callId: string): Promise<void>;
}

/** A code as it is spoken, digit by digit. */
export const asSpoken = (code: string): string => Array.from(code).join(", ");

/** The simulator, on a port of its own; gone with the test. */
export async function startCarrier({
  latencyMs = 0,
  waitSeconds = 0,
  before,
  after,
}: CarrierOptions): Promise<Carrier> {
  const simulator = buildSimulator({ latencyMs });
  const requests: CarrierRequest[] = [];
  const seen = new WeakMap<object, { asked: CarrierRequest; nth: number }>();
  simulator.addHook("preHandler", async (request, reply) => {
    const [, path] = /^\/v2(\/.*)$/.exec(request.url) ?? [];
    if (path === undefined || request.headers["x-person"]) return undefined;
    const asked = { path, body: (request.body ?? {}) as Record<string, unknown>, at: performance.now() };
    requests.push(asked);
    const nth = requests.filter((each) => each.path === path).length;
    const refusal = await before?.(asked, nth);
    if (!refusal) {
      seen.set(request, { asked, nth });
      return undefined;
    }
    if (refusal.retryAfter !== undefined) reply.header("retry-after", refusal.retryAfter);
    return reply.code(refusal.status).send({ errors: refusal.code === undefined ? [] : [{ code: refusal.code }] });
  });
  simulator.addHook("onSend", async (request, _reply, payload) => {
    const taken = seen.get(request);
    if (taken && (await after?.(taken.asked, taken.nth)) === "lost") request.raw.socket.resetAndDestroy();
    return typeof payload === "string" ? payload.replace('"wait_seconds":0', `"wait_seconds":${waitSeconds}`) : payload;
  });
  const baseUrl = `${await simulator.listen({ host: "127.0.0.1", port: 0 })}/v2`;
  onTestFinished(() => simulator.close());

  const phone = async (number: string) => {
    const answer = await simulator.inject(`/phones/${encodeURIComponent(number)}`);
    return answer.json<{ messages: { text: string }[]; calls: Call[] }>();
  };
  const post = async (url: string, payload: object) => {
    const headers = { authorization: "Bearer person", "x-person": "yes" };
    const answer = await simulator.inject({ method: "POST", url, payload, headers });
    if (answer.statusCode >= 300) throw new Error(`${url} answers ${answer.statusCode}: ${answer.body}`);
  };
  return {
    baseUrl,
    requests,
    texts: async (number) => (await phone(number)).messages.map(({ text }) => text),
    calls: async (number) => (await phone(number)).calls.map(({ status, spoken }) => ({ status, spoken })),
    press: (number, digits) => post(`/phones/${encodeURIComponent(number)}/keys`, { digits }),
    hangUp: (callId) => post(`/v2/calls/${callId}/actions/hangup`, {}),
  };
}
