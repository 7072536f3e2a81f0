import type { Redis } from "ioredis";
import type { Keyring } from "./keyring.ts";
import type { DestinationRules } from "./phone-number.ts";
import type { TokenSigner } from "./token.ts";
import type { Channel } from "./verification.ts";

/** What an application may decide about its verifications. */
export interface VerificationSettings extends DestinationRules {
  /** Digits of a code. */
  codeLength: number;
  /** Life of a code. */
  expirySeconds: number;
  /** Checks before a verification fails. */
  maxAttempts: number;
  /** Gap before the first resend; it doubles with each one, up to four times. */
  resendGapSeconds: number;
  /** How long a finished verification can still be read. */
  retentionSeconds: number;
  /** Channels that the operator has set up. */
  channels: readonly Channel[];
}

export interface Application {
  id: string;
  settings: VerificationSettings;
}

/** Where the work of delivering goes: adding a delivery twice is adding it once. */
export interface DeliveryQueue {
  /** @param queue name of the queue, see `deliveryQueue` */
  add(queue: string, deliveryId: string): Promise<void>;
}

/** What the use cases of the API need. */
export interface Core {
  redis: Redis;
  keyring: Keyring;
  queue: DeliveryQueue;
  tokens: TokenSigner;
}

/** The queue of a channel and carrier: one each, because a rate limit pauses a whole queue. */
export const deliveryQueue = (channel: string, carrier: string): string => `${channel}-${carrier}`;
