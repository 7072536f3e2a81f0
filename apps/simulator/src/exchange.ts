import { BoundedMap } from "./bounded-map.ts";
import {
  type Call,
  type CallEnd,
  type Gathered,
  answered,
  createCall,
  detectionEnded,
  gatherEnded,
  hungUp,
  initiated,
  speakEnded,
} from "./call.ts";
import type { Command, DialRequest, GatherRequest, SpeakRequest } from "./call-requests.ts";
import type { KeyPresses } from "./key-presses.ts";
import type { Phones } from "./phones.ts";
import { TelnyxRefusal } from "./telnyx-refusal.ts";
import type { Timers } from "./timers.ts";
import type { TelnyxEvent, WebhookSender } from "./webhooks.ts";

// Telnyx ignores a command repeated with the same command_id within 60 s.
const commandMemoryMs = 60_000;
const rememberedCalls = 10_000;

export interface ExchangeOptions {
  readonly phones: Phones;
  readonly keyPresses: KeyPresses;
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
    const call = this.#say(controlId, request);
    if (call) this.#report(call, speakEnded(call, hangsUp(call) ? "call_hangup" : "completed", this.#options.now()));
  }

  gatherUsingSpeak(controlId: string, request: GatherRequest): void {
    const call = this.#say(controlId, request);
    if (call) this.#report(call, gatherEnded(call, this.#gather(call, request), this.#options.now()));
  }

  hangUp(controlId: string, command: Command): void {
    const call = this.#find(controlId);
    if (this.#isRepeated(call, command)) return;
    if (call.state === "ended") throw new TelnyxRefusal({ name: "call_ended" });
    this.#note(call, command);
    void this.#send(call, [this.#end(call, call.state === "ringing" ? "canceled" : "hung_up")]);
  }

  /** @returns the call that the text was spoken in; undefined for a command that is repeated */
  #say(controlId: string, request: SpeakRequest): Call | undefined {
    const call = this.#find(controlId);
    if (this.#isRepeated(call, request)) return undefined;
    if (call.state === "ended") throw new TelnyxRefusal({ name: "call_ended" });
    if (call.state === "ringing") throw new TelnyxRefusal({ name: "call_not_answered" });
    this.#note(call, request);
    call.onPhone = this.#options.phones.speak(call.onPhone, request.payload);
    return call;
  }

  /** One key, of those that a person was to press on this number: a machine presses none. */
  #gather(call: Call, { valid_digits: validDigits }: GatherRequest): Gathered {
    if (hangsUp(call)) return { digits: "", status: "call_hangup" };
    const { pickedUpBy } = call.behaviour;
    const key = pickedUpBy === "person" ? this.#options.keyPresses.take(call.dialled.to) : undefined;
    if (key === undefined) return { digits: "", status: "timeout" };
    return { digits: key, status: validDigits.includes(key) ? "valid" : "invalid" };
  }

  /** What became of a text, and the end of the call where that cut it short. */
  #report(call: Call, event: TelnyxEvent): void {
    void this.#send(call, hangsUp(call) ? [event, this.#end(call, "hung_up_by_person")] : [event]);
  }

  #pickUp(call: Call): TelnyxEvent[] {
    const { phones, timers, now } = this.#options;
    const { pickedUpBy } = call.behaviour;
    if (pickedUpBy === "busy") return [this.#end(call, "busy")];
    // At once: nobody has to wait for a phone that is not going to be answered.
    if (pickedUpBy === "nobody")
      return [this.#end(call, call.dialled.retry_on_timeout ? "unanswered" : "ring_aborted")];
    call.state = "answered";
    call.onPhone = phones.setCallStatus(call.onPhone, pickedUpBy === "machine" ? "machine" : "answered");
    call.cancelTimeLimit = timers.after(call.dialled.time_limit_secs * 1000, () => {
      void this.#send(call, [this.#end(call, "time_limit")]);
    });
    return [answered(call, now()), ...detectionEnded(call, now())];
  }

  #end(call: Call, end: CallEnd): TelnyxEvent {
    const { phones, now } = this.#options;
    call.cancelTimeLimit();
    call.state = "ended";
    call.onPhone = phones.setCallStatus(call.onPhone, endStatus[end]);
    return hungUp(call, end, now());
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

const hangsUp = ({ behaviour }: Call): boolean =>
  behaviour.pickedUpBy === "person" && behaviour.whenSpokenTo === "hangs up";

const endStatus = {
  hung_up: "completed",
  hung_up_by_person: "completed",
  canceled: "canceled",
  time_limit: "completed",
  busy: "busy",
  unanswered: "unanswered",
  ring_aborted: "unanswered",
} as const satisfies Record<CallEnd, string>;
