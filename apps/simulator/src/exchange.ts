import { BoundedMap } from "./bounded-map.ts";
import {
  type Call,
  type HangupCause,
  answered,
  createCall,
  detectionEnded,
  gatherEnded,
  hungUp,
  initiated,
  speakEnded,
} from "./call.ts";
import type { Command, DialRequest, SpeakRequest } from "./call-requests.ts";
import type { Phones } from "./phones.ts";
import { TelnyxRefusal } from "./telnyx-refusal.ts";
import type { Timers } from "./timers.ts";
import type { TelnyxEvent, WebhookSender } from "./webhooks.ts";

// Telnyx ignores a command repeated with the same command_id within 60 s.
const commandMemoryMs = 60_000;
const rememberedCalls = 10_000;

export interface ExchangeOptions {
  readonly phones: Phones;
  readonly webhooks: WebhookSender;
  readonly timers: Timers;
  readonly now: () => number;
}

/** The telephone exchange: dials, carries commands to a call, and says by webhook what came of them. */
export class Exchange {
  readonly #options: ExchangeOptions;
  readonly #calls = new BoundedMap<string, Call>(rememberedCalls);
  readonly #dialCommands = new BoundedMap<string, { readonly call: Call; readonly atMs: number }>(rememberedCalls);

  constructor(options: ExchangeOptions) {
    this.#options = options;
  }

  /** @returns the call, and whether a dial with the same command id had already placed it */
  dial(request: DialRequest): { readonly call: Call; readonly isRepeated: boolean } {
    const { phones, now } = this.#options;
    const { command_id: commandId } = request;
    const earlier = commandId === undefined ? undefined : this.#dialCommands.get(commandId);
    if (earlier && now() - earlier.atMs < commandMemoryMs) return { call: earlier.call, isRepeated: true };

    const call = createCall(request, now());
    this.#calls.set(call.controlId, call)?.cancelTimeLimit();
    if (commandId !== undefined) this.#dialCommands.set(commandId, { call, atMs: now() });
    phones.ring(call.onPhone);
    return { call, isRepeated: false };
  }

  /** The phone rings; the destination's behaviour decides who picks it up. */
  async ring(call: Call): Promise<void> {
    const start = initiated(call, this.#options.now());
    // An unruly exchange tells the beginning last, so what follows has to be known first.
    if (call.behaviour.webhooks === "unruly") return this.#send(call, [start, ...this.#pickUp(call)]);
    await this.#send(call, [start]);
    if (call.state === "ringing") await this.#send(call, this.#pickUp(call));
  }

  speak(controlId: string, request: SpeakRequest): void {
    this.#sayAndReport(controlId, request, speakEnded);
  }

  gatherUsingSpeak(controlId: string, request: SpeakRequest): void {
    this.#sayAndReport(controlId, request, gatherEnded);
  }

  hangUp(controlId: string, command: Command): void {
    const call = this.#find(controlId);
    if (this.#isRepeated(call, command)) return;
    if (call.state === "ended") throw new TelnyxRefusal({ name: "call_ended" });
    this.#note(call, command);
    const cause = call.state === "ringing" ? "originator_cancel" : "normal_clearing";
    void this.#send(call, [this.#end(call, cause)]);
  }

  #sayAndReport(controlId: string, request: SpeakRequest, report: (call: Call, nowMs: number) => TelnyxEvent): void {
    const call = this.#find(controlId);
    if (this.#isRepeated(call, request)) return;
    if (call.state === "ended") throw new TelnyxRefusal({ name: "call_ended" });
    if (call.state === "ringing") throw new TelnyxRefusal({ name: "call_not_answered" });
    this.#note(call, request);
    call.onPhone = this.#options.phones.speak(call.onPhone, request.payload);
    void this.#send(call, [report(call, this.#options.now())]);
  }

  #pickUp(call: Call): TelnyxEvent[] {
    const { phones, timers, now } = this.#options;
    const { pickedUpBy } = call.behaviour;
    if (pickedUpBy === "busy") return [this.#end(call, "user_busy")];
    call.state = "answered";
    call.onPhone = phones.setCallStatus(call.onPhone, pickedUpBy === "machine" ? "machine" : "answered");
    call.cancelTimeLimit = timers.after(call.dialled.time_limit_secs * 1000, () => {
      void this.#send(call, [this.#end(call, "time_limit")]);
    });
    return [answered(call, now()), ...detectionEnded(call, now())];
  }

  #end(call: Call, cause: HangupCause): TelnyxEvent {
    const { phones, now } = this.#options;
    call.cancelTimeLimit();
    call.state = "ended";
    call.onPhone = phones.setCallStatus(call.onPhone, endStatus[cause]);
    return hungUp(call, cause, now());
  }

  #send(call: Call, events: readonly TelnyxEvent[]): Promise<void> {
    call.outbox = call.outbox.then(() => this.#options.webhooks.send(call.target, events));
    return call.outbox;
  }

  #find(controlId: string): Call {
    const call = this.#calls.get(controlId);
    if (!call) throw new TelnyxRefusal({ name: "unknown_call" });
    return call;
  }

  #isRepeated(call: Call, { command_id: commandId }: Command): boolean {
    if (commandId === undefined) return false;
    const lastMs = call.commandTimes.get(commandId);
    return lastMs !== undefined && this.#options.now() - lastMs < commandMemoryMs;
  }

  #note(call: Call, { command_id: commandId, client_state: clientState }: Command): void {
    if (commandId !== undefined) call.commandTimes.set(commandId, this.#options.now());
    if (clientState !== undefined) call.clientState = clientState;
  }
}

const endStatus = {
  normal_clearing: "completed",
  originator_cancel: "canceled",
  time_limit: "completed",
  user_busy: "busy",
} as const satisfies Record<HangupCause, string>;
