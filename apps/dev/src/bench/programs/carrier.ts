// A carrier process of a given latency, with nothing else to do: `GET /` tells how many messages it took,
// and how many of them at a time at the most.
import { serveCarrier } from "../carrier.ts";

const [port = "", latencyMs = ""] = process.argv.slice(2);
await serveCarrier({ port: Number(port), latencyMs: Number(latencyMs), onMessage: () => undefined });
