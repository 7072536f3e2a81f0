import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, inject, onTestFinished, test } from "vitest";
import { Programs } from "./bench/programs.ts";
import { freePort } from "./ports.ts";

interface Span {
  service: string;
  name: string;
  traceId: string;
}

interface Export {
  resourceSpans: {
    resource: { attributes: { key: string; value: { stringValue?: string } }[] };
    scopeSpans: { spans: { name: string; traceId: string }[] }[];
  }[];
}

/** A collector that takes spans by OTLP over HTTP with JSON. */
async function startCollector() {
  const spans: Span[] = [];
  let text = "";
  const server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (chunk: string) => (body += chunk));
    request.on("end", () => {
      text += body;
      for (const { resource, scopeSpans } of (JSON.parse(body) as Export).resourceSpans) {
        const service = resource.attributes.find(({ key }) => key === "service.name")?.value.stringValue ?? "";
        spans.push(
          ...scopeSpans.flatMap((scope) => scope.spans.map(({ name, traceId }) => ({ service, name, traceId }))),
        );
      }
      response.setHeader("content-type", "application/json").end("{}");
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { spans, text: () => text, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

test("one trace runs from the caller over the API and the job to the carrier and its receipt, and holds nothing secret", async () => {
  const collector = await startCollector();
  const programs = new Programs();
  onTestFinished(() => programs.stopAll());
  const [api, simulator, worker] = [await freePort(), await freePort(), await freePort()];
  const env = {
    WATCHWORD_ENV: "development",
    REDIS_URL: `${inject("redisUrl")}/15`,
    API_PORT: String(api),
    SIMULATOR_PORT: String(simulator),
    LOG_LEVEL: "warn",
    API_KEY: "ww_key_of_this_test",
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_BSP_SCHEDULE_DELAY: "100",
  };
  await programs.start("apps/simulator/src/main.ts", [], env, `http://127.0.0.1:${simulator}/health`);
  await programs.start("apps/api/src/main.ts", [], env, `http://127.0.0.1:${api}/healthz`);
  await programs.start(
    "apps/worker/src/main.ts",
    [],
    { ...env, METRICS_PORT: String(worker) },
    `http://127.0.0.1:${worker}/healthz`,
  );

  const traceId = "0af7651916cd43dd8448eb211c80319c";
  const to = "+14155550177";
  const started = await fetch(`http://127.0.0.1:${api}/v1/verifications`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      authorization: `Bearer ${env.API_KEY}`,
      traceparent: `00-${traceId}-b7ad6b7169203331-01`,
    },
    body: JSON.stringify({ to }),
  });
  expect(started.status).toBe(202);

  const ours = () =>
    collector.spans.filter((span) => span.traceId === traceId).map(({ service, name }) => `${service}: ${name}`);
  await expect
    .poll(ours, { timeout: 30_000 })
    .toEqual(
      expect.arrayContaining([
        "watchword-api: POST /v1/verifications",
        "watchword-worker: process sms-telnyx",
        "watchword-worker: POST",
        "watchword-api: POST /webhooks/telnyx/:delivery_id",
        "watchword-worker: process receipts",
      ]),
    );

  const phone = await fetch(`http://127.0.0.1:${simulator}/phones/${encodeURIComponent(to)}`);
  const { messages } = (await phone.json()) as { messages: { text: string }[] };
  const code = /\d{6}/.exec(messages.at(-1)?.text ?? "")?.[0] ?? "no code";
  await programs.stopAll();
  expect(collector.text()).toContain(traceId);
  for (const secret of [to.slice(1), encodeURIComponent(to), `"${code}"`, env.API_KEY]) {
    expect(collector.text()).not.toContain(secret);
  }
}, 90_000);
