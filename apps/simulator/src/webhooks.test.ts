import { createHash, createPrivateKey, createPublicKey } from "node:crypto";
import { expect, test } from "vitest";
import { simulatorPublicKey } from "./app.ts";
import { failure, startSimulator } from "./simulator.fixture.ts";

const message = { to: "+14155550123", from: "+14155559999", text: "Your Acme code is 123456" };

test("a message's receipts are signed, in order, with its id and Telnyx's envelope", async () => {
  const { client, startReceiver } = await startSimulator();
  const { url, first, rejected } = await startReceiver();
  const { data } = await client.messages.send({ ...message, webhook_url: url });
  const [sent, finalized] = await first(2);
  expect(rejected).toEqual([]);
  expect(sent).toMatchObject({
    type: "message.sent",
    payload: { id: data?.id, to: [{ phone_number: message.to, status: "sent" }], completed_at: null },
    attempt: 1,
    deliveredTo: url,
  });
  expect(finalized).toMatchObject({
    type: "message.finalized",
    payload: { id: data?.id, to: [{ status: "delivered" }], completed_at: expect.any(String), errors: [] },
    attempt: 1,
  });
  expect(finalized?.id).not.toBe(sent?.id);
});

test("the published key is the raw public half of the seed sha256('watchword simulator')", () => {
  const prefix = Buffer.from("302e020100300506032b657004220420", "hex");
  const seed = createHash("sha256").update("watchword simulator").digest();
  const key = createPrivateKey({ key: Buffer.concat([prefix, seed]), format: "der", type: "pkcs8" });
  const spki = createPublicKey(key).export({ format: "der", type: "spki" });
  expect(simulatorPublicKey).toBe(spki.subarray(-32).toString("base64"));
});

test("webhooks signed from another seed do not verify against the published key", async () => {
  const { client, startReceiver } = await startSimulator({ signingSeed: Buffer.alloc(32, 7) });
  const { url, first, received, rejected } = await startReceiver();
  await client.messages.send({ ...message, webhook_url: url });
  await first(2);
  expect(received).toEqual([]);
  expect(rejected.map(String)).toEqual(Array(2).fill(expect.stringContaining("signature does not match")));
});

test("a webhook that meets no 2xx is tried three times as one event, then goes to the failover URL", async () => {
  const { client, startReceiver } = await startSimulator();
  const { url, first } = await startReceiver(({ path }) => (path === "/webhooks" ? 503 : 204));
  await client.messages.send({ ...message, webhook_url: url, webhook_failover_url: `${url}/failover` });
  const tries = await first(4);
  expect(tries.map(({ path, attempt }) => [path, attempt])).toEqual([
    ["/webhooks", 1],
    ["/webhooks", 2],
    ["/webhooks", 3],
    ["/webhooks/failover", 1],
  ]);
  expect(new Set(tries.map(({ id }) => id)).size).toBe(1);
});

test("a webhook that is not answered within about two seconds is tried again", async () => {
  const { client, startReceiver } = await startSimulator();
  const { url, first } = await startReceiver(({ attempt }) => (attempt === 1 ? new Promise(() => {}) : 200));
  const startedAt = performance.now();
  await client.messages.send({ ...message, webhook_url: url });
  const [one, two] = await first(2);
  expect([one?.attempt, two?.attempt]).toEqual([1, 2]);
  expect(two?.id).toBe(one?.id);
  expect(performance.now() - startedAt).toBeGreaterThan(1900);
});

test("a message without a webhook URL has no webhooks", async () => {
  const { client, startReceiver } = await startSimulator();
  const { url, first } = await startReceiver();
  await client.messages.send(message);
  const { data } = await client.messages.send({ ...message, webhook_url: url });
  expect((await first(2)).map(({ payload }) => payload["id"])).toEqual([data?.id, data?.id]);
});

test("closing gives up the webhooks that are under way", async () => {
  const { app, client, startReceiver } = await startSimulator();
  const { url, first, received } = await startReceiver(() => new Promise(() => {}));
  await client.messages.send({ ...message, webhook_url: url });
  await first(1);
  await app.close();
  expect(received).toHaveLength(1);
  await failure(client.messages.send(message));
});
