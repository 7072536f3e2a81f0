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
}

export function carrierAt(origin: string): Carrier {
  const get = async <T>(path: string) => {
    const response = await fetch(`${origin}${path}`, { signal: AbortSignal.timeout(10_000) });
    return (await response.json()) as T;
  };
  return {
    origin,
    totals: () => get("/stats"),
    messagesTo: async (number) => (await get<{ messages: Sms[] }>(`/phones/${encodeURIComponent(number)}`)).messages,
  };
}
