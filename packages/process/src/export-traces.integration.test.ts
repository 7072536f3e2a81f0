import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { trace } from "@opentelemetry/api";
import { pino } from "pino";
import { expect, onTestFinished, test } from "vitest";
import { exportTraces } from "./export-traces.ts";

const WARN = 40;
const INFO = 30;
const LOST = "traces cannot be sent to OTEL_EXPORTER_OTLP_ENDPOINT, and are lost until they can";

/** A collector that answers as it is told, and where nothing listens once it is gone. */
async function startCollector() {
  const collector = { status: 200, asked: [] as (string | undefined)[], url: "", leave: () => undefined as unknown };
  const server = createServer((request, response) => {
    collector.asked.push(request.url);
    request.resume();
    if (collector.status === 0) return;
    response.writeHead(collector.status, { "content-type": "application/json" }).end("{}");
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  collector.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  collector.leave = () => {
    server.closeAllConnections();
    server.close();
  };
  onTestFinished(() => void collector.leave());
  return collector;
}

/** As many as are sent at once. */
const BATCH = 512;

/** The traces of a process, and what it logs of them. */
function startTraces(endpoint: string) {
  const lines: string[] = [];
  const logger = pino({}, { write: (line: string) => void lines.push(line) });
  const tracing = exportTraces("api", endpoint, logger);
  onTestFinished(() => trace.disable());
  return {
    tracing,
    makeSpans(spans: number) {
      const tracer = trace.getTracer("test");
      for (let span = 0; span < spans; span += 1) tracer.startSpan("request").end();
    },
    log: () => lines.map((line) => JSON.parse(line) as { level: number; msg: string; reason?: string }),
  };
}

test("a process says once when traces begin to be lost, and once when they are taken again", async () => {
  const collector = await startCollector();
  const { tracing, makeSpans, log } = startTraces(collector.url);
  const sent = async (batches: number) => {
    for (let batch = 0; batch < batches; batch += 1) {
      const before = collector.asked.length;
      makeSpans(BATCH);
      await expect.poll(() => collector.asked.length).toBeGreaterThan(before);
    }
  };
  for (const outages of [1, 2]) {
    collector.status = 404;
    await sent(3);
    await expect.poll(() => log().filter(({ msg }) => msg === LOST)).toHaveLength(outages);
    collector.status = 200;
    await sent(3);
    await expect.poll(() => log()).toHaveLength(2 * outages);
  }
  await tracing.stop();
  const outage = [
    { level: WARN, msg: LOST, reason: "Not Found" },
    { level: INFO, msg: "traces are taken again", spans_lost: expect.any(Number) },
  ];
  expect(log()).toMatchObject([...outage, ...outage]);
  expect(new Set(collector.asked)).toEqual(new Set(["/v1/traces"]));
});

test.each([
  ["is gone", undefined],
  ["never answers", 0],
  ["knows no traces", 404],
])(
  "a stop whose last traces a collector that %s does not take is a clean one, with one warning",
  async (_how, status) => {
    const collector = await startCollector();
    if (status === undefined) collector.leave();
    else collector.status = status;
    const { tracing, makeSpans, log } = startTraces(collector.url);
    makeSpans(1);
    await tracing.stop();
    const reason: unknown = expect.stringMatching(/./);
    expect(log()).toMatchObject([{ level: WARN, msg: "the last traces could not be sent", reason }]);
  },
  15_000,
);
