import { cancelVerification, checkVerification, eraseVerification } from "@watchword/otp-core";
import { randomNumber, randomNumberEndingIn, startProxy } from "@watchword/otp-core/testing";
import { describe, expect, onTestFinished, test } from "vitest";
import { asSpoken, type CarrierRequest } from "../testing/carrier.fixture.ts";
import { expectDone } from "../testing/queues.fixture.ts";
import { expectSoon } from "../testing/soon.fixture.ts";
import { type Bench, type BenchOptions, type Sent, smsThenCall, startBench } from "../testing/worker.fixture.ts";

const startCalling = ({ settings, ...options }: BenchOptions = {}) =>
  startBench({ reports: true, settings: { ...smsThenCall, ...settings }, ...options });

const commands = ({ requests }: Bench, action: string) => requests.filter(({ path }) => path.endsWith(`/${action}`));
const speaks = (bench: Bench) => commands(bench, "gather_using_speak");

/** Waits until the call is over and all that it reported has been dealt with. */
async function expectOver(bench: Bench, sent: Sent, status = "completed"): Promise<string[]> {
  await expectSoon(async () => (await bench.calls(sent.to)).map((call) => call.status)).toEqual([status]);
  await expectSoon(async () => bench.webhooks.length > 0 && bench.log().includes('"event":"ended"')).toBe(true);
  await expectDone(bench.queues["call-events"]);
  return (await bench.calls(sent.to)).flatMap(({ spoken }) => spoken);
}

const digitsOf = (text: string) => text.match(/\d/g)?.join("");

describe("a person who answers", () => {
  test.each([
    ["en", "Hello, this is Acme. Your verification code is: ", "en-US"],
    ["de-AT", "Guten Tag, hier ist Acme. Ihr Code lautet: ", "de-DE"],
    ["pt-BR", "Acme", "pt-BR"],
    ["ja", "Acme", "ja-JP"],
    ["tlh", "Hello, this is Acme. Your verification code is: ", "en-US"],
  ])("hears the code digit by digit, twice, in %s, and is then hung up on", async (locale, greeting, language) => {
    const bench = await startCalling();
    await bench.work();
    const sent = await bench.start(randomNumber(), { channel: "call", locale });
    const [said = "", ...more] = await expectOver(bench, sent);
    expect(more).toEqual([]);
    expect(said).toContain(greeting);
    expect(said.split(asSpoken(sent.code))).toHaveLength(3);
    // The last one is the key to hear it again.
    expect(digitsOf(said)).toBe(`${sent.code}${sent.code}1`);
    expect(speaks(bench)).toMatchObject([{ body: { language } }]);
    expect(commands(bench, "hangup")).toHaveLength(1);
    expect(await bench.delivery(sent)).toEqual({ verification: "pending", status: "delivered", error: null });
    const checked = await checkVerification(bench.core, bench.core.application, sent.id, sent.code);
    expect(checked.status).toBe("approved");
  });

  test.each([
    ["1", 2],
    ["11", 3],
    ["111", 4],
    ["1111111", 4],
    ["5", 1],
    ["15", 2],
    ["#", 1],
  ])("and presses %s hears it %d times, and is then hung up on", async (digits, times) => {
    const bench = await startCalling();
    await bench.work();
    const to = randomNumber();
    await bench.press(to, digits);
    const sent = await bench.start(to, { channel: "call" });
    const said = await expectOver(bench, sent);
    expect(said).toHaveLength(times);
    expect(new Set(said).size).toBe(1);
    expect(new Set(speaks(bench).map(({ body }) => body["command_id"])).size).toBe(times);
    expect(await bench.delivery(sent)).toMatchObject({ verification: "pending", status: "delivered" });
  });

  test.each([
    ["de", { spoken: "{brand}: {code}" }, undefined, "Acme: "],
    ["de", { spoken_context: "{amount}, {payee}: {code}" }, { amount: "EUR 5", payee: "Shop" }, "EUR 5, Shop: "],
  ])("hears the application's own words in %s", async (locale, own, context, before) => {
    const bench = await startCalling();
    await bench.work({ sayings: () => ({ brand: "Acme", texts: { de: own } }) });
    const sent = await bench.start(randomNumber(), { channel: "call", locale, ...(context && { context }) });
    expect(await expectOver(bench, sent)).toEqual([`${before}${asSpoken(sent.code)}`]);
    expect(speaks(bench)).toMatchObject([{ body: { language: "de-DE" } }]);
  });

  test("hears nothing from a worker that does not know the application, and the code from one that does", async () => {
    const bench = await startCalling();
    let known = false;
    await bench.work({ sayings: () => (known ? { brand: "Acme" } : undefined) });
    const sent = await bench.start(randomNumber(), { channel: "call" });
    const delayed = () => bench.queues["call-events"].getDelayed();
    await expectSoon(async () => (await delayed()).length).toBe(1);
    expect(speaks(bench)).toEqual([]);
    known = true;
    for (const job of await delayed()) await job.promote();
    const [said = ""] = await expectOver(bench, sent);
    expect(said).toContain("this is Acme");
  });

  test("hears it once where every event comes twice, in the wrong order and before the answer to the dial", async () => {
    const bench = await startCalling();
    await bench.work();
    const sent = await bench.start(randomNumberEndingIn("0008"), { channel: "call" });
    expect(await expectOver(bench, sent)).toHaveLength(1);
    await bench.until(sent, "completed");
    expect(await bench.delivery(sent)).toEqual({ verification: "pending", status: "delivered", error: null });
  });

  test("and hangs up while it is spoken may have heard it: unconfirmed, and not called again", async () => {
    const bench = await startCalling();
    await bench.work();
    const sent = await bench.start(randomNumberEndingIn("0014"), { channel: "call" });
    expect(await expectOver(bench, sent)).toHaveLength(1);
    expect(await bench.delivery(sent)).toEqual({ verification: "pending", status: "unconfirmed", error: "hung_up" });
    expect(await bench.deliveries(sent)).toHaveLength(1);
  });

  test.each(["approved", "canceled", "erased"] as const)("after the verification was %s hears nothing", async (how) => {
    const bench = await startCalling();
    await bench.work({ queues: ["call-telnyx"] });
    const sent = await bench.start(randomNumber(), { channel: "call" });
    await bench.until(sent, "completed");
    if (how === "approved") await checkVerification(bench.core, bench.core.application, sent.id, sent.code);
    else if (how === "canceled") await cancelVerification(bench.core, bench.core.application, sent.id);
    else await eraseVerification(bench.core, bench.core.application, sent.id);
    await bench.work({ queues: ["call-events"] });
    expect(await expectOver(bench, sent)).toEqual([]);
    expect(speaks(bench)).toEqual([]);
    expect(commands(bench, "hangup").length).toBeGreaterThan(0);
  });
});

describe("a call ends, with a reason and without a word, where", () => {
  test("a machine answers: it is hung up on", async () => {
    const bench = await startCalling();
    await bench.work();
    const sent = await bench.start(randomNumberEndingIn("0009"), { channel: "call" });
    expect(await expectOver(bench, sent)).toEqual([]);
    expect(bench.requests.map(({ path }) => path.split("/").at(-1))).toEqual(["calls", "hangup"]);
    expect(await bench.delivery(sent)).toEqual({
      verification: "undeliverable",
      status: "undelivered",
      error: "machine",
    });
  });

  test.each([
    ["the line is busy", "0010", "busy", "busy"],
    ["nobody answers", "0013", "unanswered", "no_answer"],
  ])("%s", async (_why, ending, status, error) => {
    const bench = await startCalling();
    await bench.work();
    const sent = await bench.start(randomNumberEndingIn(ending), { channel: "call" });
    expect(await expectOver(bench, sent, status)).toEqual([]);
    expect(bench.requests.map(({ path }) => path)).toEqual(["/calls"]);
    expect(await bench.delivery(sent)).toEqual({ verification: "undeliverable", status: "undelivered", error });
  });
});

test("the carrier is given the code in what is to be said and nowhere else", async () => {
  const bench = await startCalling({ settings: { codeLength: 10 } });
  await bench.work();
  const to = randomNumber();
  await bench.press(to, "1");
  const sent = await bench.start(to, { channel: "call" });
  await expectOver(bench, sent);
  const holdsCode = (value: unknown) => {
    const text = JSON.stringify(value);
    const decoded = text.replaceAll(/[\w+/=-]{8,}/g, (part) => Buffer.from(part, "base64").toString("latin1"));
    return [text, decoded].some((each) => each.replaceAll(/\D/g, "").includes(sent.code));
  };
  const speaking = speaks(bench);
  expect(speaking).toHaveLength(2);
  for (const { body } of speaking) {
    const { payload, ...rest } = body;
    expect(holdsCode(payload)).toBe(true);
    expect(holdsCode(rest)).toBe(false);
  }
  const others = bench.requests.filter((request) => !speaking.includes(request));
  expect(others.map(({ path }) => path.split("/").at(-1))).toEqual(["calls", "hangup"]);
  expect(others.filter(holdsCode)).toEqual([]);
  expect(bench.requests.filter(({ body }) => "client_state" in body)).toEqual([]);
});

describe("a command to a call", () => {
  const isSpeak = ({ path }: CarrierRequest) => path.endsWith("/gather_using_speak");
  const unheard = { verification: "undeliverable", status: "undelivered", error: "not_spoken" };
  const isHangUp = ({ path }: CarrierRequest) => path.endsWith("/hangup");

  /** The carrier heard the first of the commands in vain. */
  async function expectRepeated(bench: Bench, sent: Sent, action: string) {
    await expectOver(bench, sent);
    const ids = commands(bench, action).map(({ body }) => body["command_id"]);
    expect(ids.length).toBeGreaterThan(1);
    expect([...new Set(ids)]).toEqual([expect.stringMatching(/^dl_/)]);
    expect((await bench.calls(sent.to)).map(({ spoken }) => spoken.length)).toEqual([1]);
    expect(await bench.delivery(sent)).toMatchObject({ status: "delivered" });
  }

  test.each([
    ["gather_using_speak", isSpeak],
    ["hangup", isHangUp],
  ])("that the carrier refuses for now is given again as the same: %s", async (action, is) => {
    const bench = await startCalling({
      before: (request, nth) => (is(request) && nth === 1 ? { status: 503 } : undefined),
    });
    await bench.work();
    const sent = await bench.start(randomNumber(), { channel: "call" });
    await expectRepeated(bench, sent, action);
  });

  test.each([
    ["is lost", () => "lost" as const, {}],
    ["never comes", () => new Promise<void>(() => undefined), { carrierTimeoutMs: 1000 }],
  ])("whose answer %s is given again as the same, and the code is spoken once", async (_how, trouble, options) => {
    const again = Promise.withResolvers<void>();
    const bench = await startCalling({
      before: (request, nth) => (isSpeak(request) && nth === 2 ? again.resolve() : undefined),
      after: (request, nth) => (isSpeak(request) && nth === 1 ? trouble() : undefined),
      // The person is still listening.
      hold: (event) => (event.type === "call" && event.event.event === "spoken" ? again.promise : undefined),
    });
    await bench.work(options);
    const sent = await bench.start(randomNumber(), { channel: "call" });
    await expectRepeated(bench, sent, "gather_using_speak");
  });

  test("that a worker gave before it died may have been heard: it is given again, and the person who hung up is not called again", async () => {
    const [answered, ended] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const bench = await startCalling({
      after: (request, nth) => (isSpeak(request) && nth === 1 ? answered.promise : undefined),
      hold: (event) => (event.type === "call" && event.event.event === "ended" ? ended.promise : undefined),
    });
    const proxy = await startProxy(bench.core.redisUrl);
    onTestFinished(() => proxy.close());
    await bench.work({ queues: ["call-telnyx"] });
    const dying = await bench.work({ redisUrl: proxy.url, queues: ["call-events"], letGoAfterMs: 100 });
    const sent = await bench.start(randomNumberEndingIn("0014"), { channel: "call" });
    await expectSoon(async () => (await bench.calls(sent.to)).flatMap(({ spoken }) => spoken)).toHaveLength(1);
    await proxy.cut();
    answered.resolve();
    await dying.close();
    const events = bench.queues["call-events"];
    // The dead worker's lock on the job runs out after 10 s.
    for (const { id = "" } of await events.getActive()) await bench.core.redis.del(`${events.toKey(id)}:lock`);
    await expectSoon(async () => (await bench.calls(sent.to)).map(({ status }) => status)).toEqual(["completed"]);

    await bench.work({ queues: ["call-events"] });
    await expectSoon(() => speaks(bench)).toHaveLength(2);
    await expectDone(events);
    expect(await bench.delivery(sent)).toMatchObject({ verification: "pending", error: null });
    ended.resolve();
    await expectSoon(() => bench.delivery(sent)).toEqual({
      verification: "pending",
      status: "unconfirmed",
      error: "hung_up",
    });
  });

  test("that comes too late, since the person has hung up, is no failure", async () => {
    const bench = await startCalling();
    await bench.work({ queues: ["call-telnyx"] });
    const sent = await bench.start(randomNumber(), { channel: "call" });
    const { returnvalue } = await bench.until(sent, "completed");
    // Initiated, answered, and a person detected.
    await expectSoon(() => bench.webhooks).toHaveLength(3);
    await bench.hangUp((returnvalue as { detail: string }).detail);
    await expectSoon(() => bench.webhooks).toHaveLength(4);
    await bench.work({ queues: ["call-events"], concurrency: 1 });
    expect(await expectOver(bench, sent)).toEqual([]);
    expect(speaks(bench)).toHaveLength(1);
    expect(await bench.queues["call-events"].getFailedCount()).toBe(0);
    await expectSoon(() => bench.delivery(sent)).toEqual({ ...unheard, error: "hung_up" });
  });

  test("that is refused again and again is given up after five times, and the person is hung up on", async () => {
    const bench = await startCalling({ before: (request) => (isSpeak(request) ? { status: 503 } : undefined) });
    await bench.work();
    const sent = await bench.start(randomNumber(), { channel: "call" });
    expect(await expectOver(bench, sent)).toEqual([]);
    expect(speaks(bench)).toHaveLength(5);
    const [failed] = await bench.queues["call-events"].getFailed();
    expect(failed?.failedReason).toBe("speak: carrier_error");
    await expectSoon(() => bench.delivery(sent)).toEqual(unheard);
  });

  test("that is to come much later is given up: nobody holds a telephone for as long", async () => {
    const bench = await startCalling({
      before: (request) => (isSpeak(request) ? { status: 429, retryAfter: "60" } : undefined),
    });
    await bench.work();
    const sent = await bench.start(randomNumber(), { channel: "call" });
    expect(await expectOver(bench, sent)).toEqual([]);
    expect(speaks(bench)).toHaveLength(1);
    await expectSoon(() => bench.delivery(sent)).toEqual(unheard);
  });

  test("that is refused for good is not given again, and the person is hung up on", async () => {
    const bench = await startCalling({
      before: (request) => (isSpeak(request) ? { status: 422, code: "10015" } : undefined),
    });
    await bench.work();
    const sent = await bench.start(randomNumber(), { channel: "call" });
    expect(await expectOver(bench, sent)).toEqual([]);
    expect(speaks(bench)).toHaveLength(1);
    const [failed] = await bench.queues["call-events"].getFailed();
    expect(failed?.failedReason).toBe("speak: invalid_request");
    await expectSoon(() => bench.delivery(sent)).toEqual(unheard);
  });

  test("of a call whose verification has been forgotten is to hang up, and none where it is over", async () => {
    const bench = await startCalling();
    await bench.work();
    const event = { callId: "v3:nobody", deliveryId: `dl_${"A".repeat(32)}_1`, reason: null };
    await bench.core.queues.addCallEvent({ ...event, event: "ended", eventId: "one" });
    await expectSoon(() => bench.queues["call-events"].getCompletedCount()).toBe(1);
    expect(bench.requests).toEqual([]);
    await bench.core.queues.addCallEvent({ ...event, event: "person", eventId: "two" });
    await expectSoon(() => bench.queues["call-events"].getCompletedCount()).toBe(2);
    expect(bench.requests).toMatchObject([{ path: "/calls/v3:nobody/actions/hangup" }]);
  });
});
