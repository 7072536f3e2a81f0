import { randomBytes } from "node:crypto";
import { connect } from "node:net";
import { createTestCore, randomNumber } from "@watchword/otp-core/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { STARTED_WITHIN_MS, startApiProcess } from "./testing/api-process.fixture.ts";

const REQUESTS = 10_000;
const CONNECTIONS = 100;
/** Under way at once on each: with more in all, the last would wait for longer than the API waits for Redis. */
const WINDOW = 4;
const FLOOD_MS = 120_000;

const secret = { kid: "flood", key: randomBytes(32) };
/** Of the same application and with the same secret as the processes. */
const core = await createTestCore({ applicationId: "default", secrets: [secret] });

interface Checked {
  status: string;
  valid: boolean;
  attempts_remaining: number;
  token?: string;
}

/** As it is read from a connection. */
function parse(answer: string): Checked {
  if (!answer.startsWith("200 ")) throw new Error(`answered ${answer}`);
  return JSON.parse(/^\{.*\}/m.exec(answer)?.[0] ?? "") as Checked;
}

/** Sends requests over one connection, some before the answers to those before (RFC 9112 section 9.3.2). */
function pipeline(origin: string, requests: readonly string[]): Promise<Checked[]> {
  const { hostname, port } = new URL(origin);
  return new Promise((resolve, reject) => {
    let [text, sent] = ["", WINDOW];
    const socket = connect(Number(port), hostname, () => socket.write(requests.slice(0, sent).join("")));
    const answers = () => text.split("HTTP/1.1 ").slice(1);
    socket.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
      const next = answers().length + WINDOW;
      socket.write(requests.slice(sent, next).join(""));
      sent = next;
    });
    socket.once("error", reject).once("close", () => {
      try {
        resolve(answers().map(parse));
      } catch (error) {
        reject(error);
      }
    });
  });
}

interface Node {
  origin: string;
  authorization: string;
}

/** Asks two processes, hundreds at a time. */
async function flood(nodes: readonly Node[], id: string, code: string): Promise<Checked[]> {
  const each = REQUESTS / CONNECTIONS;
  const answers = Array.from({ length: CONNECTIONS }, (_, index) => {
    const { origin, authorization } = nodes[index % nodes.length] as Node;
    const body = JSON.stringify({ code });
    const lines = (connection: string) =>
      [
        `POST /v1/verifications/${id}/check HTTP/1.1`,
        "Host: watchword",
        `Authorization: ${authorization}`,
        `Connection: ${connection}`,
        "Content-Type: application/json",
        `Content-Length: ${body.length}`,
        "",
        body,
      ].join("\r\n");
    return pipeline(origin, [...Array.from({ length: each - 1 }, () => lines("keep-alive")), lines("close")]);
  });
  return (await Promise.all(answers)).flat();
}

const endings: (() => Promise<void>)[] = [];
let nodes: Node[];
beforeAll(async () => {
  const start = () => startApiProcess(core.redisUrl, secret, (end) => void endings.push(end));
  nodes = await Promise.all([start(), start()]);
}, 2 * STARTED_WITHIN_MS);
afterAll(async () => {
  await Promise.all(endings.map((end) => end()));
  await core.close();
});

async function startOne() {
  const [node] = nodes as [Node];
  const to = randomNumber();
  const response = await fetch(`${node.origin}/v1/verifications`, {
    method: "POST",
    headers: { authorization: node.authorization, "content-type": "application/json" },
    body: JSON.stringify({ to }),
  });
  const { id } = (await response.json()) as { id: string };
  const [tag = ""] = core.keyring.tags("default", to);
  return { id, code: await core.codeOf(id), tag };
}

test(
  "of 10,000 concurrent right checks exactly one is an approval, with the only token",
  { timeout: FLOOD_MS },
  async () => {
    const { id, code } = await startOne();
    const answers = await flood(nodes, id, code);
    expect(answers).toHaveLength(REQUESTS);
    expect(answers.filter(({ valid }) => valid)).toHaveLength(1);
    expect(answers.filter(({ token }) => token !== undefined)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === "approved")).toHaveLength(REQUESTS);
  },
);

test(
  "of 10,000 concurrent wrong checks exactly the allowed attempts are evaluated",
  { timeout: FLOOD_MS },
  async () => {
    const { id, code, tag } = await startOne();
    const wrong = String((Number(code) + 1) % 10 ** code.length).padStart(code.length, "0");
    const answers = await flood(nodes, id, wrong);
    expect(answers).toHaveLength(REQUESTS);
    expect(answers.filter(({ valid }) => valid)).toEqual([]);
    const pending = answers.filter(({ status }) => status === "pending");
    expect(pending.map((answer) => answer.attempts_remaining).toSorted((a, b) => a - b)).toEqual([1, 2]);
    expect(answers.filter(({ status }) => status === "failed")).toHaveLength(REQUESTS - 2);
    // What was compared is counted twice: for the code and, over all of its codes, for the number.
    expect(await core.redis.hget(`ww:{${tag}}:v:${id.slice(-16)}`, "wrong")).toBe("3");
    expect(await core.redis.hget(`ww:{${tag}}:number`, "guard")).toMatch(/^3\b/);
    expect((await flood(nodes, id, code)).filter(({ valid }) => valid)).toEqual([]);
  },
);
