import { expect, vi } from "vitest";
import type { App, Stack } from "../chaos/stack.ts";
import type { Client } from "./client.fixture.ts";
import { type Driven, newCode, newNumber } from "./paths.fixture.ts";

const WITHIN = { timeout: 60_000, interval: 200 };

export interface Breakdowns {
  stack: Stack;
  client: Client;
  driven: Driven;
  /** Starts another worker in place of the second one. */
  replaceWorker(): Promise<App>;
}

/** Drives numbers and codes through what breaks; what is at hand then is most likely to be written down. */
export async function breakDown({ stack, client, driven, replaceWorker }: Breakdowns): Promise<void> {
  const { ask } = client;
  const begin = async (to: string, code: string) => {
    driven.codes.push(code);
    const id = await client.start(to, { code });
    driven.ids.push(id);
    return id;
  };
  const arrived = (to: string) => vi.waitUntil(() => client.codeOn(to), WITHIN);
  const serves = () =>
    vi.waitFor(async () => expect((await ask("GET", `/v1/verifications/${driven.ids[0]}`)).status).toBe(200), WITHIN);

  const [to, code] = [newNumber(driven), newCode()];
  const id = await begin(to, code);
  await arrived(to);

  const refused = async () => {
    const number = newNumber(driven);
    const own = newCode();
    driven.codes.push(own);
    const key = { "idempotency-key": `key-${number}` };
    const answers = await Promise.all([
      ask("POST", "/v1/verifications", { to: number, code: own }, key),
      ask("POST", "/auth/request-otp", { phone_number: number }),
      ask("POST", `/v1/verifications/${id}/check`, { code }),
      ask("POST", "/v1/verifications/check", { to, code }),
      ask("POST", `/v1/verifications/${id}/resend`, { channel: "call" }),
      ask("DELETE", `/v1/numbers/${encodeURIComponent(to)}`),
    ]);
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 503));
  };
  stack.redis.signal("SIGSTOP");
  await refused();
  stack.redis.signal("SIGCONT");
  await serves();
  await stack.redis.end("SIGKILL");
  await refused();
  await stack.redis.start();
  await serves();

  // The carrier has taken them, and says nothing: whichever worker has them is killed meanwhile.
  const unanswered = [newNumber(driven, "0004"), newNumber(driven, "0004"), newNumber(driven, "0004")];
  await Promise.all(unanswered.map((hung) => begin(hung, newCode())));
  const [, second] = stack.workers;
  second?.signal("SIGKILL");
  await second?.ended;
  const replacement = await replaceWorker();
  // Whichever worker is free takes what is asked for next.
  await vi.waitUntil(async () => {
    const next = newNumber(driven);
    await begin(next, newCode());
    await arrived(next);
    return replacement.lines.some((line) => line.includes("delivery_id"));
  }, WITHIN);

  const over = newNumber(driven);
  const last = newCode();
  const overId = await begin(over, last);
  await arrived(over);
  // Its time comes early.
  await stack.redis.ask(async (redis) => {
    const [key = ""] = await redis.keys(`*:v:${overId.slice(-16)}`);
    await redis.hset(key, "expires_at", Date.now() - 1);
  });
  expect(await client.check(overId, last)).toMatchObject({ valid: false, status: "expired" });
}
