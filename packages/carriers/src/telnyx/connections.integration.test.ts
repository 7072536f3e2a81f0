import { setTimeout } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { message, senderTo, startServer } from "./answering-server.fixture.ts";

const lost = { outcome: "uncertain", reason: "connection_lost" };

describe("a connection that fails once the request is out leaves its fate unknown, and the SDK does not ask again", () => {
  test("reset before any answer", async () => {
    const { baseUrl, requests } = await startServer((response) => response.socket?.resetAndDestroy());
    expect(await senderTo(baseUrl).send(message)).toEqual(lost);
    expect(requests).toHaveLength(1);
  });

  test("closed before any answer", async () => {
    const { baseUrl, requests } = await startServer((response) => response.socket?.end());
    expect(await senderTo(baseUrl).send(message)).toEqual(lost);
    expect(requests).toHaveLength(1);
  });

  test("broken off in the middle of the answer", async () => {
    const { baseUrl, requests } = await startServer((response) => {
      response.writeHead(200, { "content-type": "application/json", "content-length": "100" });
      response.write('{"data":', () => response.destroy());
    });
    expect(await senderTo(baseUrl).send(message)).toMatchObject({ outcome: "uncertain" });
    expect(requests).toHaveLength(1);
  });

  test("silent", async () => {
    const { baseUrl, requests } = await startServer(() => undefined);
    const result = await senderTo(baseUrl, { timeoutMs: 200 }).send(message);
    expect(result).toEqual({ outcome: "uncertain", reason: "timeout" });
    expect(requests).toHaveLength(1);
  });

  test("silent in the middle of the answer", async () => {
    const { baseUrl, requests, close } = await startServer((response) => {
      response.writeHead(200, { "content-type": "application/json" }).write('{"data":');
    });
    const sending = senderTo(baseUrl, { timeoutMs: 200 }).send(message);
    const result = await Promise.race([sending, setTimeout(5000, "still waiting after its time-out")]);
    await close();
    expect(result).toMatchObject({ outcome: "uncertain" });
    expect(requests).toHaveLength(1);
  });

  test("answered with what is not HTTP", async () => {
    const { baseUrl } = await startServer((response) => response.socket?.end("SSH-2.0-OpenSSH_9.9\r\n"));
    expect(await senderTo(baseUrl).send(message)).toMatchObject({ outcome: "uncertain" });
  });
});

test("at most so many connections are open as the operator allows; the others wait and are sent", async () => {
  let open = 0;
  let most = 0;
  const { baseUrl, requests } = await startServer((response) => {
    open += 1;
    most = Math.max(most, open);
    setImmediate(() => {
      open -= 1;
      response.setHeader("content-type", "application/json").end('{"data":{"id":"m1"}}');
    });
  });
  const sender = senderTo(baseUrl, { connections: 3 });
  const results = await Promise.all(Array.from({ length: 30 }, () => sender.send(message)));
  expect(results).toEqual(Array.from({ length: 30 }, () => ({ outcome: "sent", carrierId: "m1" })));
  expect(requests).toHaveLength(30);
  expect(most).toBeLessThanOrEqual(3);
});
