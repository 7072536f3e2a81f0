import type { Refusal } from "./behaviours.ts";

/** What was on its way when the carrier began to refuse, or is sent at once by several clients, is nobody's fault. */
const CROSSING_MS = 1500;
/** More refusals than any client makes within a Retry-After are not needed to see that one came too early. */
const REMEMBERED = 10_000;

export interface StormReport {
  /** Whether everything is refused right now. */
  readonly raging: boolean;
  readonly refused: number;
  /** Requests, in the storm and after it, that came although an answer had said that they should come later. */
  readonly early: number;
}

/** A time in which the carrier answers every message and every dial with 429, and remembers who asks too early. */
export class Storm {
  readonly #now: () => number;
  #until = 0;
  #retryAfterSeconds = 1;
  #refusedAt: number[] = [];
  #refused = 0;
  #early = 0;

  /** @param now ms since the epoch */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** A new storm takes the place of the one before it, also of what was counted; one of 0 s ends it. */
  begin(seconds: number, retryAfterSeconds: number): void {
    this.#until = this.#now() + seconds * 1000;
    this.#retryAfterSeconds = retryAfterSeconds;
    this.#refusedAt = [];
    this.#refused = 0;
    this.#early = 0;
  }

  /** Counts a request; gives how it is to be refused, if it is. */
  meet(): Refusal | undefined {
    const now = this.#now();
    const over = now - this.#retryAfterSeconds * 1000;
    this.#refusedAt = this.#refusedAt.filter((at) => at > over);
    if (this.#refusedAt.some((at) => at < now - CROSSING_MS)) this.#early += 1;
    if (now >= this.#until) return undefined;
    this.#refused += 1;
    if (this.#refusedAt.length < REMEMBERED) this.#refusedAt.push(now);
    return { kind: "telnyx", name: "too_many_requests", retryAfterSeconds: this.#retryAfterSeconds };
  }

  report(): StormReport {
    return { raging: this.#now() < this.#until, refused: this.#refused, early: this.#early };
  }
}
