import { expect, test } from "vitest";
import { Phones } from "./phones.ts";
import { startSimulator } from "./simulator.fixture.ts";

const limits = { numbers: 3, messagesPerNumber: 2, callsPerNumber: 2 };

function messageTo(to: string, text = "hello") {
  return { id: `${to} ${text}`, from: "+1", to, text, at: new Date(0).toISOString() };
}

function callTo(to: string, id: string) {
  return { id, to, status: "ringing", spoken: [], at: new Date(0).toISOString() } as const;
}

test("no more than the limit of numbers is kept, and the one without news for longest is forgotten", () => {
  const phones = new Phones(limits);
  for (const to of ["+101", "+102", "+103"]) phones.deliver(messageTo(to));
  phones.deliver(messageTo("+101", "again"));
  phones.deliver(messageTo("+104"));
  expect(phones.recent(10).map(({ number }) => number)).toEqual(["+104", "+101", "+103"]);
  expect(phones.content("+102")).toEqual({ messages: [], calls: [] });
  expect(phones.totals).toEqual({ messages: 5, calls: 0 });
});

test("no more than the limit of messages and calls is kept, the newest", () => {
  const phones = new Phones(limits);
  for (const text of ["one", "two", "three"]) {
    phones.deliver(messageTo("+101", text));
    phones.ring(callTo("+101", text));
  }
  const { messages, calls } = phones.content("+101");
  expect(messages.map(({ text }) => text)).toEqual(["two", "three"]);
  expect(calls.map(({ id }) => id)).toEqual(["two", "three"]);
});

test("200,000 numbers are stored within seconds, in bounded space", () => {
  const phones = new Phones();
  const startedAt = performance.now();
  for (let number = 0; number < 200_000; number += 1) phones.deliver(messageTo(`+1${number}`));
  expect(performance.now() - startedAt).toBeLessThan(10_000);
  expect(phones.recent(100_000)).toHaveLength(50_000);
  expect(phones.recent(1)[0]?.number).toBe("+1199999");
});

test("a phone is found by any way of writing its number", async () => {
  const { app, client } = await startSimulator();
  await client.messages.send({ to: "+14155550123", from: "+14155559999", text: "hi" });
  for (const written of ["+14155550123", "%2B14155550123", "%2014155550123", "14155550123", "1%20415-555-0123"]) {
    const { messages } = (await app.inject(`/phones/${written}`)).json();
    expect(messages, written).toHaveLength(1);
  }
});

test("a number that nothing reached has empty lists", async () => {
  const { app } = await startSimulator();
  const response = await app.inject("/phones/+14155550199");
  expect([response.statusCode, response.json()]).toEqual([200, { messages: [], calls: [] }]);
});

test("a number is found however it is written, and what is none is told so", async () => {
  const { app, client } = await startSimulator();
  await client.messages.send({ from: "+14155559999", text: "hi", to: "+14155550123" });
  for (const written of ["+14155550123", "14155550123", "%2B1%20(415)%20555-0123"]) {
    expect((await app.inject(`/phones/${written}`)).json()).toMatchObject({ messages: [{ text: "hi" }] });
  }
  for (const none of ["x", "+", "1415555O123", "1".repeat(30)]) {
    const get = await app.inject(`/phones/${none}`);
    const keys = await app.inject({ method: "POST", url: `/phones/${none}/keys`, payload: { digits: "1" } });
    for (const answer of [get, keys]) {
      expect([answer.statusCode, answer.json()]).toEqual([400, { error: expect.stringContaining("phone number") }]);
    }
  }
});

test("the counters tell what came in and what reached a phone", async () => {
  const { app, client } = await startSimulator();
  const message = { from: "+14155559999", text: "hi" };
  await client.messages.send({ ...message, to: "+14155550123" });
  await client.messages.send({ ...message, to: "+14155550001" });
  await client.messages.send({ ...message, to: "+14155550006" }).catch(() => {});
  await client.calls.dial({ connection_id: "1", from: "+14155559999", to: "+14155550123" });
  expect((await app.inject("/stats")).json()).toEqual({ messages: 1, calls: 1, requests: 4 });
});

test("it says that it is healthy, and its root leads to the phones", async () => {
  const { app } = await startSimulator();
  expect((await app.inject("/health")).json()).toEqual({ status: "ok" });
  const root = await app.inject("/");
  expect([root.statusCode, root.headers.location]).toEqual([302, "/phones"]);
});
