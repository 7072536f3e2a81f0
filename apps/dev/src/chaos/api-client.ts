const PATIENCE_MS = 15_000;
export const API_KEY = "ww_chaos_key";

export interface Answer {
  /** 0 where there was no answer: refused, reset, or none in 15 s. */
  status: number;
  ms: number;
  body: Record<string, unknown>;
}

/** What an application asks of Watchword; never throws. */
export async function request(
  origin: string,
  method: "GET" | "POST",
  path: string,
  body?: object,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const begun = performance.now();
  const answer = (status: number, body: unknown = {}): Answer => ({
    status,
    ms: performance.now() - begun,
    body: body as Answer["body"],
  });
  try {
    const response = await fetch(`${origin}${path}`, {
      method,
      headers: { authorization: `Bearer ${API_KEY}`, ...(body && { "content-type": "application/json" }), ...headers },
      signal: AbortSignal.timeout(PATIENCE_MS),
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return answer(response.status, text.startsWith("{") ? JSON.parse(text) : {});
  } catch {
    return answer(0);
  }
}

interface Delivery {
  id: string;
  channel: string;
  status: string;
  error: string | null;
}

export interface VerificationView {
  status: string;
  deliveries: Delivery[];
}

/** What the API tells of a verification; undefined where it does not. */
export async function read(origin: string, id: string): Promise<VerificationView | undefined> {
  const { status, body } = await request(origin, "GET", `/v1/verifications/${id}`);
  return status === 200 ? (body as unknown as VerificationView) : undefined;
}
