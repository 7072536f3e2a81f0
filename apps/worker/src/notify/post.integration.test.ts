import type { ServerResponse } from "node:http";
import { describe, expect, onTestFinished, test } from "vitest";
import { startTarget } from "../testing/target.fixture.ts";
import { createPoster, type Poster, type PosterOptions } from "./post.ts";

function posterFor(allowedHosts: readonly string[], options: PosterOptions = {}): Poster {
  const poster = createPoster(allowedHosts, options);
  onTestFinished(() => poster.close());
  return poster;
}

const local = (options?: PosterOptions) => posterFor(["127.0.0.1"], options);
const HUGE = 64 * 1024 * 1024;
/** Public by its look, and given to nobody: nothing leads there. */
const NOWHERE = "2d00::1";

async function timed<T>(work: Promise<T>): Promise<{ value: T; ms: number }> {
  const begun = performance.now();
  return { value: await work, ms: performance.now() - begun };
}

/** Writes without end; counts what went out. */
function flood(response: ServerResponse, count: (bytes: number) => void): void {
  const chunk = Buffer.alloc(64 * 1024);
  const write = () => {
    while (!response.destroyed && response.write(chunk)) count(chunk.length);
    count(chunk.length);
    response.once("drain", write);
  };
  response.on("error", () => undefined).writeHead(200);
  write();
}

describe("a target", () => {
  test.each([200, 201, 204])("that answers %d is told, once", async (status) => {
    const target = await startTarget((response) => void response.writeHead(status).end());
    expect(await local().post(target.url, { "webhook-id": "one" }, '{"type":"x"}')).toEqual({ outcome: "told" });
    expect(target.told).toMatchObject([
      { path: "/hook", body: '{"type":"x"}', headers: { "webhook-id": "one", "content-type": "application/json" } },
    ]);
  });

  test.each([301, 302, 303, 307, 308])("is not followed to where %d redirects", async (status) => {
    const elsewhere = await startTarget();
    const target = await startTarget((response) => void response.writeHead(status, { location: elsewhere.url }).end());
    expect(await local().post(target.url, {}, "{}")).toEqual({ outcome: "retry", reason: `HTTP ${status}` });
    expect(elsewhere.connections().made).toBe(0);
    expect(target.told).toHaveLength(1);
  });

  test.each([400, 401, 404, 429, 500, 503])("that answers %d is asked again later, not at once", async (status) => {
    const target = await startTarget((response) => void response.writeHead(status, { "retry-after": "0" }).end());
    expect(await local().post(target.url, {}, "{}")).toEqual({ outcome: "retry", reason: `HTTP ${status}` });
    expect(target.told).toHaveLength(1);
  });

  test("that answers 410 is gone, whatever its body does", async () => {
    const target = await startTarget((response) => void response.writeHead(410).write("never ends"));
    const { value, ms } = await timed(local().post(target.url, {}, "{}"));
    expect(value).toEqual({ outcome: "gone" });
    expect(ms).toBeLessThan(4000);
  });

  test("that lets one request after another time out is left alone, asked by one in a while, and free once it answers", async () => {
    const [silent, lately, told] = [
      { outcome: "retry", reason: "time-out" },
      { outcome: "wait", ms: 30_000 },
      { outcome: "told" },
    ];
    let [answers, now] = [false, 0];
    const target = await startTarget((response) => void (answers && response.writeHead(204).end()));
    const poster = local({ timeoutMs: 100, now: () => now });
    const post = () => poster.post(target.url, {}, "{}");
    for (let i = 0; i < 5; i += 1) expect(await post()).toEqual(silent);
    expect(await post()).toEqual(lately);
    expect(target.told).toHaveLength(5);
    const other = await startTarget();
    expect(await poster.post(other.url, {}, "{}")).toEqual(told);

    now += 30_000;
    expect(await Promise.all([post(), post()])).toEqual([silent, lately]);
    now += 30_000;
    answers = true;
    expect(await post()).toEqual(told);
    expect(await post()).toEqual(told);
  });

  test("that has answered since is not left alone for what timed out, however much that was at once", async () => {
    let answers = false;
    const target = await startTarget((response) => void (answers && response.writeHead(204).end()));
    const poster = local({ timeoutMs: 200 });
    const post = () => poster.post(target.url, {}, "{}");
    const many = Array.from({ length: 10 }, post);
    await expect.poll(() => target.told.length).toBe(10);
    answers = true;
    expect(await post()).toEqual({ outcome: "told" });
    for (const each of await Promise.all(many)) expect(each).toEqual({ outcome: "retry", reason: "time-out" });
    expect(await post()).toEqual({ outcome: "told" });
  });

  test("that never answers is given up in time", async () => {
    const target = await startTarget(() => undefined);
    const { value, ms } = await timed(local({ timeoutMs: 300 }).post(target.url, {}, "{}"));
    expect(value).toEqual({ outcome: "retry", reason: "time-out" });
    expect(ms).toBeLessThan(4000);
    await expect.poll(() => target.connections().open).toBe(0);
  });

  test("that sends its headers byte by byte is given up in time", async () => {
    const target = await startTarget((response) => {
      const { socket } = response;
      socket?.write("HTTP/1.1 200 OK\r\nx-slow: ");
      const drip = setInterval(() => socket?.write("a"), 20);
      socket?.once("close", () => clearInterval(drip));
    });
    const { value, ms } = await timed(local({ timeoutMs: 300 }).post(target.url, {}, "{}"));
    expect(value).toEqual({ outcome: "retry", reason: "time-out" });
    expect(ms).toBeLessThan(4000);
  });

  test.each<[what: string, answer: (response: ServerResponse) => void]>([
    ["sends its headers and then nothing", (response) => response.writeHead(200).flushHeaders()],
    [
      "promises a body that it never sends",
      (response) => response.writeHead(200, { "content-length": HUGE }).flushHeaders(),
    ],
    [
      "drips its body",
      (response) => {
        response.writeHead(200);
        const drip = setInterval(() => response.write("."), 20);
        response.once("close", () => clearInterval(drip));
      },
    ],
  ])("that %s has been told, and its connection is given up", async (_what, answer) => {
    const target = await startTarget(answer);
    const { value, ms } = await timed(local().post(target.url, {}, "{}"));
    expect(value).toEqual({ outcome: "told" });
    expect(ms).toBeLessThan(4000);
    await expect.poll(() => target.connections().open).toBe(0);
  });

  test("whose body has no end is read no further than a cap", async () => {
    let sent = 0;
    const target = await startTarget((response) => flood(response, (bytes) => (sent += bytes)));
    expect((await timed(local().post(target.url, {}, "{}"))).value).toEqual({ outcome: "told" });
    await expect.poll(() => target.connections().open).toBe(0);
    // What the buffers of the two sockets take, besides the cap.
    expect(sent).toBeLessThan(HUGE / 2);
  });

  test.each<[what: string, answer: (response: ServerResponse) => void]>([
    ["closes the connection", (response) => void response.socket?.destroy()],
    ["speaks no HTTP", (response) => void response.socket?.end("220 mail.example.com ESMTP\r\n")],
    [
      "sends endless headers",
      (response) => void response.socket?.write(`HTTP/1.1 200 OK\r\nx: ${"a".repeat(1_000_000)}`),
    ],
  ])("that %s is asked again later", async (_what, answer) => {
    const target = await startTarget(answer);
    expect(await local({ timeoutMs: 2000 }).post(target.url, {}, "{}")).toMatchObject({ outcome: "retry" });
  });

  test("where nobody listens is asked again later, and the reason names no address", async () => {
    const refused = await local().post("http://127.0.0.1:1/?token=secret", {}, "{}");
    expect(refused).toEqual({ outcome: "retry", reason: "ECONNREFUSED" });
  });
});

describe("no connection is made to", () => {
  test.each([
    "127.0.0.1",
    "2130706433",
    "0177.0.0.1",
    "0x7f.1",
    "0x7f000001",
    "017700000001",
    "%31%32%37.0.0.1",
    "１２７.０.０.１",
    "127.1",
    "127.0.0.1.",
    "0.0.0.0",
    "0",
    "[::ffff:127.0.0.1]",
    "[::]",
    "[::1]",
    "[::ffff:7f00:1]",
    "[::127.0.0.1]",
    "[64:ff9b::127.0.0.1]",
    "[2002:7f00:1::]",
    "[2001:0:7f00:1::]",
    "[fe80::1]",
    "[fd00:ec2::254]",
    "169.254.169.254",
    "100.64.0.1",
    "224.0.0.1",
  ])("%s", async (host) => {
    const target = await startTarget();
    const result = await posterFor([]).post(`http://${host}:${target.port}/`, {}, "{}");
    expect(result).toEqual({ outcome: "retry", reason: "private address" });
    expect(target.connections().made).toBe(0);
  });

  test.each(["localhost", "localhost.", "LOCALHOST"])(
    "%s, of which the name servers may know nothing",
    async (host) => {
      const target = await startTarget();
      expect(await posterFor([]).post(`http://${host}:${target.port}/`, {}, "{}")).toMatchObject({ outcome: "retry" });
      expect(target.connections().made).toBe(0);
    },
  );

  test.each([
    ["a private address", [["127.0.0.1"]]],
    ["an IPv4-mapped one", [["::ffff:127.0.0.1"]]],
    ["a private address beside a public one", [[NOWHERE, "127.0.0.1"]]],
    ["the metadata service", [["169.254.169.254"]]],
  ])("a name that leads to %s", async (_what, answers) => {
    const target = await startTarget();
    const poster = posterFor(["other.example.com"], { resolve: () => Promise.resolve(answers[0] ?? []) });
    const result = await poster.post(`http://rebind.example.com:${target.port}/`, {}, "{}");
    expect(result).toEqual({ outcome: "retry", reason: "private address" });
    expect(target.connections().made).toBe(0);
  });

  test("a name that was public when it was looked up before: what is connected to is what was checked", async () => {
    const target = await startTarget();
    const answers = [[NOWHERE], ["127.0.0.1"], [NOWHERE], ["127.0.0.1"]];
    let asked = 0;
    const poster = posterFor([], {
      timeoutMs: 300,
      resolve: () => Promise.resolve(answers[asked++ % answers.length] ?? []),
    });
    const results = [];
    for (let i = 0; i < answers.length; i += 1) {
      results.push(await poster.post(`http://rebind.example.com:${target.port}/`, {}, "{}"));
    }
    expect(results.filter(({ outcome }) => outcome !== "retry")).toEqual([]);
    expect(results.filter((result) => "reason" in result && result.reason === "private address")).toHaveLength(2);
    expect(asked).toBe(answers.length);
    expect(target.connections().made).toBe(0);
  });

  test("where an allowed host's open connection leads, by another name", async () => {
    const target = await startTarget();
    const poster = posterFor(["127.0.0.1"], { resolve: () => Promise.resolve(["127.0.0.1"]) });
    expect(await poster.post(target.url, {}, "{}")).toEqual({ outcome: "told" });
    const result = await poster.post(`http://rebind.example.com:${target.port}/`, {}, "{}");
    expect(result).toEqual({ outcome: "retry", reason: "private address" });
    expect(target.connections().made).toBe(1);
  });
});

test("a host that is allowed by name may be private, in whatever letters it is written", async () => {
  const target = await startTarget();
  expect(await posterFor(["LocalHost"]).post(`http://LOCALHOST:${target.port}/`, {}, "{}")).toEqual({
    outcome: "told",
  });
});

test("connections are used again", async () => {
  const target = await startTarget((response) => void response.writeHead(200).end("ok"));
  const poster = local();
  for (let i = 0; i < 10; i += 1) await poster.post(target.url, {}, "{}");
  expect(target.connections().made).toBeLessThan(5);
});
