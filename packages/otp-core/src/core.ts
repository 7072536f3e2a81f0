import type { Redis } from "ioredis";
import type { Keyring } from "./keyring.ts";
import type { EventJob, WantedEvents } from "./events.ts";
import type { LimitOverrides } from "./limits/policies.ts";
import type { DestinationRules } from "./phone-number.ts";
import type { TokenSigner } from "./token.ts";
import type { DeliveryCause } from "./verification.ts";
import type { WorkflowStep } from "./workflow.ts";

/** What an application may decide about its verifications. */
export interface VerificationSettings extends DestinationRules {
  /** Digits of a code. */
  codeLength: number;
  /** Whether a request may bring its own code. */
  customCodes: boolean;
  /** Life of a code. */
  expirySeconds: number;
  /** Checks before a verification fails. */
  maxAttempts: number;
  /** Gap before the first resend; it doubles with each one, up to four times. */
  resendGapSeconds: number;
  /** How long a finished verification can still be read. */
  retentionSeconds: number;
  /** The ways to a phone that the operator has set up, in the order in which they are tried. */
  workflow: readonly WorkflowStep[];
  /** Whether a verification goes on to its next step when one comes to nothing, unless its request says otherwise. */
  fallback: boolean;
  /**
   * What becomes of a request that a limit of no single number refuses: `report` only tells of it, `off` does not count
   * it. The limits of a number and of an address and the budget hold in any case. `enforce` where it is not given.
   */
  guard?: GuardMode;
  /** What the messages of a day may cost; nothing is counted without it. */
  budget?: Budget;
  /** What is other than the limits in `limits/policies.ts`. */
  limits?: LimitOverrides;
}

export type GuardMode = "enforce" | "report" | "off";

export interface Budget {
  /** Of one UTC day, in the unit of the prices. */
  perDay: number;
  /** Of one message or call, by ISO 3166-1 alpha-2 code; `*` is for the countries that are not named. */
  prices: Readonly<Record<string, { sms: number; call: number }>>;
}

/** What a limit has decided against. */
export interface Decision {
  applicationId: string;
  policy: string;
  /** ISO 3166-1 alpha-2. */
  country: string;
  /** `report`: it would have been refused. `warn`: it passes, and what it is part of may soon be refused. */
  mode: "enforce" | "report" | "warn";
  /** False where one like it was told less than a minute ago. */
  news: boolean;
}

/** What the limits of an application are decided by. */
export type LimitSettings = Pick<VerificationSettings, "guard" | "budget" | "limits" | "expirySeconds">;

/** An application as far as its limits know it. */
export interface LimitedApplication {
  id: string;
  settings: LimitSettings;
}

/** An application as far as it has to be known to send what its workflow adds. */
export interface SendingApplication extends LimitedApplication {
  settings: LimitSettings & Pick<DestinationRules, "allowedCountries">;
}

export interface Application {
  id: string;
  settings: VerificationSettings;
  /** What it wants to be told of; nothing where it has no webhook. */
  events?: WantedEvents;
}

/** Where the work of delivering goes: adding a delivery twice is adding it once. */
export interface DeliveryQueue {
  /**
   * @param queue name of the queue, see `deliveryQueue`
   * @param cause says how urgent it is; a start where it is not given
   */
  add(queue: string, deliveryId: string, cause?: DeliveryCause): Promise<void>;
  /**
   * Looks after `delayMs` whether the delivery was confirmed, and goes on with the workflow where it was not.
   * @param dueAt when that is by the store's clock: a worker whose own clock is fast would look too early
   */
  escalate(deliveryId: string, delayMs: number, dueAt?: number): Promise<void>;
  /** Tells the application of an event, once. */
  notify(event: EventJob): Promise<void>;
  /**
   * Looks after `delayMs` whether an event of the verification was left out.
   * @param dueAt when that is by the store's clock: a worker whose own clock is fast would look too early
   */
  lookForEvents(verificationId: string, delayMs: number, dueAt: number): Promise<void>;
}

export interface Admission {
  /** How long a delivery added to a queue now would wait, by estimate. */
  waitMs(queue: string): number;
  /**
   * @param queue where the delivery would wait
   * @param lifeSeconds what is left of its code's life
   * @throws {WatchwordError} `unavailable` where it would wait longer than that.
   */
  check(queue: string, lifeSeconds: number): void;
}

/** What the use cases of the API need. */
export interface Core {
  redis: Redis;
  keyring: Keyring;
  queue: DeliveryQueue;
  /** Refuses what could not be sent in time; without it everything is accepted. */
  admission?: Admission | undefined;
  /** The store's clock, never behind it: what is carried out later than its caller waits for it counts nothing. */
  storeNow?: (() => number | undefined) | undefined;
  tokens: TokenSigner;
  /** Learns of every decision of a limit. */
  onDecision?: ((decision: Decision) => void) | undefined;
  /** Learns of what could not be counted after the answer was decided. */
  onUncounted?: ((error: Error) => void) | undefined;
  /** Told when word of a verification's end could not be left; a worker leaves it when the code's life is over. */
  onNotAnnounced?: ((verificationId: string, error: unknown) => void) | undefined;
}

/** The queue of a channel and carrier: one each, because a rate limit pauses a whole queue. */
export const deliveryQueue = (channel: string, carrier: string): string => `${channel}-${carrier}`;
