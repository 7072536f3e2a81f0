import { BoundedMap } from "./bounded-map.ts";

export interface PhoneMessage {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly text: string;
  /** RFC 3339 */
  readonly at: string;
}

type CallStatus = "ringing" | "answered" | "machine" | "busy" | "unanswered" | "canceled" | "completed";

export interface PhoneCall {
  readonly id: string;
  readonly to: string;
  readonly status: CallStatus;
  readonly spoken: readonly string[];
  /** RFC 3339 */
  readonly at: string;
}

/** What a phone holds, oldest first. */
export interface PhoneContent {
  readonly messages: readonly PhoneMessage[];
  readonly calls: readonly PhoneCall[];
}

export interface Phone extends PhoneContent {
  readonly number: string;
}

export type PhoneEvent =
  | { readonly kind: "message"; readonly number: string; readonly message: PhoneMessage }
  | { readonly kind: "call"; readonly number: string; readonly call: PhoneCall };

interface PhoneLimits {
  readonly numbers: number;
  readonly messagesPerNumber: number;
  readonly callsPerNumber: number;
}

const phoneLimits: PhoneLimits = { numbers: 50_000, messagesPerNumber: 100, callsPerNumber: 100 };
const spokenPerCall = 100;

interface StoredPhone extends Phone {
  readonly messages: PhoneMessage[];
  readonly calls: PhoneCall[];
}

/** The phones that messages and calls reach. Bounded: the number without news for longest is forgotten first. */
export class Phones {
  readonly #limits: PhoneLimits;
  readonly #phones: BoundedMap<string, StoredPhone>;
  readonly #listeners = new Set<(event: PhoneEvent) => void>();
  #messageCount = 0;
  #callCount = 0;

  constructor(limits: PhoneLimits = phoneLimits) {
    this.#limits = limits;
    this.#phones = new BoundedMap(limits.numbers);
  }

  /** All that ever reached a phone, forgotten or not. */
  get totals(): { readonly messages: number; readonly calls: number } {
    return { messages: this.#messageCount, calls: this.#callCount };
  }

  /** Any way of writing the number; one that nothing reached has empty lists. */
  content(number: string): PhoneContent {
    const { messages = [], calls = [] } = this.#phones.get(canonical(number)) ?? {};
    return { messages, calls };
  }

  /** Newest activity first. */
  recent(count: number): readonly Phone[] {
    return [...this.#phones.values()].slice(-count).toReversed();
  }

  deliver(message: PhoneMessage): void {
    const { number, messages } = this.#touch(message.to);
    append(messages, message, this.#limits.messagesPerNumber);
    this.#messageCount += 1;
    if (this.#listeners.size > 0) this.#tell({ kind: "message", number, message });
  }

  ring(call: PhoneCall): void {
    const { number, calls } = this.#touch(call.to);
    append(calls, call, this.#limits.callsPerNumber);
    this.#callCount += 1;
    if (this.#listeners.size > 0) this.#tell({ kind: "call", number, call });
  }

  setCallStatus(call: PhoneCall, status: CallStatus): PhoneCall {
    return this.#replaceCall({ ...call, status });
  }

  speak(call: PhoneCall, payload: string): PhoneCall {
    return this.#replaceCall({ ...call, spoken: [...call.spoken, payload].slice(-spokenPerCall) });
  }

  /** @returns a function that ends the subscription */
  subscribe(listener: (event: PhoneEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #replaceCall(call: PhoneCall): PhoneCall {
    const { number, calls } = this.#touch(call.to);
    const index = calls.findLastIndex(({ id }) => id === call.id);
    if (index >= 0) calls[index] = call;
    if (this.#listeners.size > 0) this.#tell({ kind: "call", number, call });
    return call;
  }

  #touch(to: string): StoredPhone {
    const number = canonical(to);
    const phone = this.#phones.get(number) ?? { number, messages: [], calls: [] };
    this.#phones.set(number, phone);
    return phone;
  }

  #tell(event: PhoneEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}

/** `+` and the digits, from any way of writing a number: without the `+`, or with a space where a URL had one. */
export function canonical(number: string): string {
  return `+${number.replaceAll(/\D/g, "")}`;
}

function append<Item>(items: Item[], item: Item, limit: number): void {
  items.push(item);
  if (items.length > limit) items.shift();
}
