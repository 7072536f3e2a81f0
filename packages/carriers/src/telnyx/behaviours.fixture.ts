/** What the carrier does with a request, by the end of its number: an outcome for each time that it is made. */
export type Behaviour = [ending: string, behaviour: string, outcomes: object[], arrived: number];

/** What it does with messages and calls alike. */
export function behaviours(sent: object): Behaviour[] {
  const lost = { outcome: "uncertain", reason: "connection_lost" };
  const unavailable = { outcome: "retry", reason: "carrier_unavailable", carrierCode: "10007" };
  const page = { outcome: "uncertain", reason: "carrier_error", carrierCode: "HTTP_500" };
  const rateLimited = {
    outcome: "retry",
    reason: "rate_limited",
    carrierCode: "10011",
    retryAfterMs: 1000,
    pausesQueue: true,
  };
  return [
    ["0003", "slows us down twice", [rateLimited, rateLimited, sent], 1],
    ["0005", "carries it out and resets the connection", [lost], 1],
    ["0007", "is unavailable twice", [unavailable, unavailable, sent], 1],
    ["0008", "reports before it answers", [sent], 1],
    ["0011", "carries it out, resets and never reports", [lost], 1],
    ["0012", "answers with a page", [page], 0],
  ];
}

/** Makes a request so many times, one after the other. */
export async function inTurn<Outcome>(times: number, request: () => Promise<Outcome>): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  while (outcomes.length < times) outcomes.push(await request());
  return outcomes;
}
