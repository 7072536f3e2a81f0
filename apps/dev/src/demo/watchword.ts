import { ExplainedError } from "../explained-error.ts";
import type { Settings } from "../settings.ts";
import { addressOf } from "../welcome.ts";

const REQUEST_MS = 10_000;

export interface Verification {
  id: string;
  status: string;
  to: string;
  attempts_remaining: number;
  expires_at: string;
  deliveries: { channel: string; carrier: string; status: string }[];
}

export interface CheckResult {
  id: string;
  status: string;
  valid: boolean;
  attempts_remaining: number;
  token?: string;
}

export interface Phone {
  messages: { from: string; to: string; text: string; at: string }[];
}

/** @throws {ExplainedError} when nothing answers or the answer is not a success. */
async function request<T>(url: string, init: RequestInit = {}): Promise<T> {
  let response: Response;
  try {
    response = await fetch(url, { ...init, signal: AbortSignal.timeout(REQUEST_MS) });
  } catch (error) {
    const { name, cause } = error as Error & { cause?: { code?: string } };
    throw new ExplainedError(
      `Nothing answers at ${url} (${cause?.code ?? name}). Is the local stack running? Start it with: npm start`,
      { cause: error },
    );
  }
  const text = await response.text();
  if (!response.ok) throw new ExplainedError(`${init.method ?? "GET"} ${url} answered ${response.status}: ${text}`);
  return JSON.parse(text) as T;
}

/** What the demo asks of the running stack. */
export function connect({ ports, api: { API_KEY } }: Settings) {
  const api = addressOf(ports, "api");
  const headers = { authorization: `Bearer ${API_KEY}`, "content-type": "application/json" };
  const post = <T>(path: string, body: object) =>
    request<T>(`${api}${path}`, { method: "POST", headers, body: JSON.stringify(body) });
  return {
    start: (to: string) => post<Verification>("/v1/verifications", { to }),
    check: (id: string, code: string) => post<CheckResult>(`/v1/verifications/${id}/check`, { code }),
    get: (id: string) => request<Verification>(`${api}/v1/verifications/${id}`, { headers }),
    phone: (number: string) => request<Phone>(`${addressOf(ports, "simulator")}/phones/${encodeURIComponent(number)}`),
    keys: new URL("/.well-known/jwks.json", api),
  };
}
