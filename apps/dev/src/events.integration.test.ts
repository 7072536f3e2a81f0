import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { Webhook } from "standardwebhooks";
import { expect, inject, onTestFinished, test } from "vitest";
import { Programs } from "./bench/programs.ts";
import { freePort } from "./ports.ts";
import { temporaryFolder } from "./testing/temporary-folder.ts";

interface Payload {
  type: string;
  data: { verification_id: string; to: string };
}

/** An application's own server, which takes nothing that is not signed. */
async function startApplication(secret: string) {
  const events: Payload[] = [];
  const webhook = new Webhook(secret);
  const verify = (body: string, headers: IncomingHttpHeaders) =>
    webhook.verify(body, headers as Record<string, string>) as Payload;
  const server = createServer((request, response) => {
    const take = async () => events.push(verify(await text(request), request.headers));
    take().then(
      () => response.writeHead(204).end(),
      () => response.writeHead(401).end(),
    );
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { events, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/watchword?tenant=7` };
}

test("an application that is declared in the file is told of what becomes of its verification, and no other is", async () => {
  const secret = `whsec_${randomBytes(32).toString("base64")}`;
  const application = await startApplication(secret);
  const others = await startApplication(secret);
  const keys = { shop: randomBytes(16).toString("hex"), other: randomBytes(16).toString("hex") };
  const hashOf = (key: string) => `sha256:${createHash("sha256").update(key).digest("hex")}`;
  const file = join(temporaryFolder(), "applications.json");
  const webhook = (url: string) => ({
    url,
    secrets: [secret],
    events: ["delivery.delivered", "verification.approved"],
  });
  await writeFile(
    file,
    JSON.stringify({
      applications: [
        { id: "shop", brand: "Shop", api_key_hashes: [hashOf(keys.shop)], webhook: webhook(application.url) },
        { id: "other", brand: "Other", api_key_hashes: [hashOf(keys.other)], webhook: webhook(others.url) },
      ],
    }),
  );

  const programs = new Programs();
  onTestFinished(() => programs.stopAll());
  const [api, simulator, worker] = [await freePort(), await freePort(), await freePort()];
  const env = {
    WATCHWORD_ENV: "development",
    REDIS_URL: `${inject("redisUrl")}/14`,
    API_PORT: String(api),
    SIMULATOR_PORT: String(simulator),
    METRICS_PORT: String(worker),
    LOG_LEVEL: "warn",
    APPLICATIONS_FILE: file,
    WEBHOOK_ALLOWED_HOSTS: "127.0.0.1",
  };
  await programs.start("apps/simulator/src/main.ts", [], env, `http://127.0.0.1:${simulator}/health`);
  const apiEnv = { ...env, METRICS_PORT: "" };
  await programs.start("apps/api/src/main.ts", [], apiEnv, `http://127.0.0.1:${api}/healthz`);
  await programs.start("apps/worker/src/main.ts", [], env, `http://127.0.0.1:${worker}/healthz`);

  const post = async <T>(path: string, body: object) => {
    const headers = { "content-type": "application/json", authorization: `Bearer ${keys.shop}` };
    const url = `http://127.0.0.1:${api}${path}`;
    return (await (await fetch(url, { method: "POST", headers, body: JSON.stringify(body) })).json()) as T;
  };
  const to = "+14155550188";
  const { id } = await post<{ id: string }>("/v1/verifications", { to });
  const types = () => application.events.map(({ type }) => type).toSorted();
  await expect.poll(types, { timeout: 30_000 }).toEqual(["delivery.delivered"]);

  const phone = await fetch(`http://127.0.0.1:${simulator}/phones/${encodeURIComponent(to)}`);
  const { messages } = (await phone.json()) as { messages: { text: string }[] };
  const code = /\d{6}/.exec(messages.at(-1)?.text ?? "")?.[0] ?? "no code";
  expect(await post(`/v1/verifications/${id}/check`, { code })).toMatchObject({ valid: true });
  await expect.poll(types, { timeout: 30_000 }).toEqual(["delivery.delivered", "verification.approved"]);
  for (const { data } of application.events) expect(data).toMatchObject({ verification_id: id, to: "+1415•••0188" });

  const metrics = async () => (await fetch(`http://127.0.0.1:${worker}/metrics`)).text();
  await expect
    .poll(metrics, { timeout: 30_000 })
    .toContain('watchword_notifications_total{type="verification.approved",result="told"} 1');
  await programs.stopAll();
  expect(others.events).toEqual([]);
}, 90_000);
