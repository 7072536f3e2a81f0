import { expect, onTestFinished, test, vi } from "vitest";
import { type RunningSimulator, startSimulator } from "./simulator.fixture.ts";

const to = "+14155550123";
const from = "+14155559999";

/** Server-sent events as blocks of text, one per `next`, undefined at the end. */
async function openStream({ address }: RunningSimulator) {
  const abort = new AbortController();
  onTestFinished(() => abort.abort());
  const response = await fetch(`${address}/phones/events`, { signal: abort.signal });
  const reader = (response.body ?? expect.fail("no body")).pipeThrough(new TextDecoderStream()).getReader();
  let buffered = "";

  async function next(): Promise<string | undefined> {
    const end = buffered.indexOf("\n\n");
    if (end >= 0) {
      const block = buffered.slice(0, end);
      buffered = buffered.slice(end + 2);
      return block;
    }
    const { value, done } = await reader.read();
    if (done) return undefined;
    buffered += value;
    return next();
  }
  return { response, next, abort };
}

function parse(block: string | undefined): { event: string | undefined; data: unknown } {
  const field = (name: string) => new RegExp(`^${name}: (.*)$`, "m").exec(block ?? "")?.[1];
  return { event: field("event"), data: JSON.parse(field("data") ?? "null") };
}

test("a stream begins with the phones as they are, newest first, and goes on with each message and call", async () => {
  const simulator = await startSimulator();
  const { client } = simulator;
  await client.messages.send({ to: "+14155550100", from, text: "first" });
  await client.messages.send({ to, from, text: "second" });
  const { response, next } = await openStream(simulator);
  expect(response.headers.get("content-type")).toBe("text/event-stream");
  expect(parse(await next())).toMatchObject({
    event: "snapshot",
    data: {
      phones: [
        { number: to, messages: [{ text: "second" }], calls: [] },
        { number: "+14155550100", messages: [{ text: "first" }], calls: [] },
      ],
    },
  });

  await client.messages.send({ to, from, text: "third" });
  expect(parse(await next())).toMatchObject({ event: "message", data: { number: to, message: { to, text: "third" } } });
  await client.calls.dial({ connection_id: "1", to, from });
  expect(parse(await next())).toMatchObject({ event: "call", data: { number: to, call: { status: "ringing" } } });
  expect(parse(await next())).toMatchObject({ event: "call", data: { number: to, call: { status: "answered" } } });
});

test("a snapshot has no more than the 50 phones with the newest activity", async () => {
  const simulator = await startSimulator();
  for (let index = 0; index < 60; index += 1) {
    await simulator.client.messages.send({ to: `+1415555${2000 + index}`, from, text: "hi" });
  }
  const { next } = await openStream(simulator);
  const { phones } = parse(await next()).data as { phones: { number: string }[] };
  expect(phones).toHaveLength(50);
  expect(phones[0]?.number).toBe("+14155552059");
});

test("a silent stream carries a comment every 15 seconds", async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  onTestFinished(() => void vi.useRealTimers());
  const { next } = await openStream(await startSimulator());
  await next();
  vi.advanceTimersByTime(15_000);
  expect(await next()).toMatch(/^:/);
});

test("a stream ends when the simulator closes", async () => {
  const simulator = await startSimulator();
  const { next } = await openStream(simulator);
  await next();
  await simulator.app.close();
  expect(await next().catch(() => undefined)).toBeUndefined();
});

test("a reader that leaves does not disturb the others", async () => {
  const simulator = await startSimulator();
  const leaving = await openStream(simulator);
  const staying = await openStream(simulator);
  await Promise.all([leaving.next(), staying.next()]);
  leaving.abort.abort();
  await simulator.client.messages.send({ to, from, text: "one" });
  await simulator.client.messages.send({ to, from, text: "two" });
  expect(parse(await staying.next())).toMatchObject({ data: { message: { text: "one" } } });
  expect(parse(await staying.next())).toMatchObject({ data: { message: { text: "two" } } });
});
