export interface Sms {
  text: string;
  /** RFC 3339 */
  at: string;
}

/** What the simulated carrier has seen: the only witness of what was really sent. */
export interface Carrier {
  origin: string;
  /** Of all numbers; a request is counted whatever came of it. */
  totals(): Promise<{ messages: number; requests: number }>;
  messagesTo(number: string): Promise<Sms[]>;
  /** From now on, for so long, everything is answered 429. */
  beginStorm(seconds: number, retryAfterSeconds: number): Promise<void>;
  /** `early`: requests that came before their Retry-After. */
  storm(): Promise<{ raging: boolean; refused: number; early: number }>;
}

export function carrierAt(origin: string): Carrier {
  const get = async <T>(path: string) => {
    const response = await fetch(`${origin}${path}`, { signal: AbortSignal.timeout(10_000) });
    return (await response.json()) as T;
  };
  return {
    origin,
    async beginStorm(seconds, retryAfterSeconds) {
      await fetch(`${origin}/storm`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ seconds, retry_after: retryAfterSeconds }),
        signal: AbortSignal.timeout(10_000),
      });
    },
    storm: () => get("/storm"),
    totals: () => get("/stats"),
    messagesTo: async (number) => (await get<{ messages: Sms[] }>(`/phones/${encodeURIComponent(number)}`)).messages,
  };
}
