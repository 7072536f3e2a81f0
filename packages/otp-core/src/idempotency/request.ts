import type { Core } from "../core.ts";
import type { RequestSlot } from "../keyring.ts";

/** What these use cases need. */
export type RequestContext = Pick<Core, "redis" | "keyring">;

/** The answer to an HTTP request, as it was sent. */
export interface StoredAnswer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** The right to carry a request out; ends by itself with its lock. */
export interface RequestClaim {
  slot: RequestSlot;
  /** Random: what is written after the lock has ended must not pass for what the next owner writes. */
  owner: string;
}
