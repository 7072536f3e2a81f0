// A carrier process of a given latency, with nothing else to do: `GET /count` tells how many messages it took.
import { serveCarrier } from "../carrier.ts";

const [port = "", latencyMs = ""] = process.argv.slice(2);
await serveCarrier({ port: Number(port), latencyMs: Number(latencyMs), onMessage: () => undefined });
