import { deliveryId, verificationId, type VerificationRef } from "../ids.ts";
import { decodeMask } from "../phone-number.ts";
import type { Attempt, Delivery, DeliveryStatus, Verification, VerificationStatus } from "../verification.ts";

const orNull = (kept: string | undefined) => (kept === undefined || kept === "-" ? null : kept);

/** A hash as Lua returns it, `field, value, field, value, …`; its fields are described in `lua/records.md`. */
export function parseRecord(ref: VerificationRef, reply: string[]): Verification {
  const fields = new Map<string, string>();
  for (let i = 0; i < reply.length; i += 2) fields.set(reply[i] ?? "", reply[i + 1] ?? "");
  const text = (name: string) => fields.get(name) ?? "";

  function attempts(number: number, carrier: string, createdAt: number): Attempt[] {
    const newest = Number(text(`${number}.attempts`));
    const kept = Array.from({ length: newest }, (_, index) => fields.get(`${number}.${index + 1}`));
    return kept.flatMap((attempt) => {
      const [outcome = "", begun = "", took, carrierCode, reason, carrierId] = attempt?.split(" ") ?? [];
      if (!outcome) return [];
      const startedAt = createdAt + Number(begun);
      const open = outcome === "open";
      return {
        outcome: open ? null : (outcome as Attempt["outcome"]),
        carrier,
        carrierId: orNull(carrierId),
        carrierCode: orNull(carrierCode),
        reason: orNull(reason),
        startedAt: new Date(startedAt),
        endedAt: open ? null : new Date(startedAt + Number(took)),
      };
    });
  }

  const deliveries = Array.from({ length: Number(text("deliveries")) }, (_, index): Delivery => {
    const number = index + 1;
    const [channel, carrier = "", createdAt, , cause] = text(String(number)).split(" ");
    const [status, updatedAt, , reason] = text(`${number}.state`).split(" ");
    return {
      id: deliveryId({ ...ref, number }),
      channel: channel as Delivery["channel"],
      carrier,
      cause: cause as Delivery["cause"],
      status: status as DeliveryStatus,
      error: orNull(reason),
      createdAt: new Date(Number(createdAt)),
      updatedAt: new Date(Number(updatedAt)),
      attempts: attempts(number, carrier, Number(createdAt)),
    };
  });
  const [createdAt, maxAttempts, channel, , to = ""] = text("about").split(" ");
  return {
    id: verificationId(ref),
    to: decodeMask(to),
    status: text("status") as VerificationStatus,
    channel: channel as Verification["channel"],
    metadata: JSON.parse(text("metadata") || "{}") as Record<string, string>,
    createdAt: new Date(Number(createdAt)),
    expiresAt: new Date(Number(text("expires_at"))),
    resendAt: new Date(Number(text("resend_at"))),
    attemptsRemaining: Number(maxAttempts) - Number(text("wrong")),
    deliveries,
  };
}
