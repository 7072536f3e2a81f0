import { expect, test } from "vitest";
import { failure, startSimulator } from "./simulator.fixture.ts";

const message = { from: "+14155550100", to: "+14155550123", text: "hello" };
const dial = { connection_id: "c", from: "+14155550100", to: "+14155550123" };

/** A simulator whose clock stands still until it is moved. */
async function startStormy() {
  let ms = Date.UTC(2026, 10, 20);
  const simulator = await startSimulator({ now: () => ms });
  const begin = (payload: object) => simulator.app.inject({ method: "POST", url: "/storm", payload });
  return {
    ...simulator,
    begin,
    pass: (seconds: number) => void (ms += seconds * 1000),
    report: async () => (await simulator.app.inject("/storm")).json<object>(),
  };
}

test("while it lasts every message and every dial is refused with its Retry-After, then they are served", async () => {
  const { client, begin, pass, phone } = await startStormy();
  expect((await begin({ seconds: 120, retry_after: 7 })).statusCode).toBe(200);
  for (const request of [() => client.messages.send(message), () => client.calls.dial(dial)]) {
    const error = (await failure(request())) as { status?: number; headers?: Headers };
    expect(error.status).toBe(429);
    expect(error.headers?.get("retry-after")).toBe("7");
  }
  expect(await phone(message.to)).toEqual({ messages: [], calls: [] });
  pass(120);
  await client.messages.send(message);
  expect((await phone(message.to)).messages).toHaveLength(1);
});

test("it tells how many it refused, and how many came before they were to", async () => {
  const { client, begin, pass, report } = await startStormy();
  await begin({ seconds: 60, retry_after: 10 });
  const send = () => client.messages.send(message).then(String, String);
  await Promise.all([send(), send(), send()]);
  expect(await report()).toEqual({ raging: true, refused: 3, early: 0 });
  pass(10);
  await send();
  expect(await report()).toEqual({ raging: true, refused: 4, early: 0 });
  pass(5);
  await send();
  expect(await report()).toEqual({ raging: true, refused: 5, early: 1 });
  pass(55);
  await send();
  expect(await report()).toEqual({ raging: false, refused: 5, early: 1 });
});

test("one of no time ends the one before it, and what makes no sense is refused", async () => {
  const { client, begin, phone } = await startStormy();
  await begin({ seconds: 60, retry_after: 10 });
  await begin({ seconds: 0 });
  await client.messages.send(message);
  expect((await phone(message.to)).messages).toHaveLength(1);
  for (const wrong of [{}, { seconds: -1 }, { seconds: "60" }, { seconds: 1e9 }, { seconds: 1, retry_after: -1 }])
    expect((await begin(wrong)).statusCode).toBe(400);
});
