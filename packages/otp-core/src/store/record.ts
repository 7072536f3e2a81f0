import { deliveryId, verificationId, type VerificationRef } from "../ids.ts";
import { decodeMask } from "../phone-number.ts";
import type { Delivery, DeliveryStatus, Verification, VerificationStatus } from "../verification.ts";

/** A hash as Lua returns it: `field, value, field, value, …`. */
export function parseRecord(ref: VerificationRef, reply: string[]): Verification {
  const fields = new Map<string, string>();
  for (let i = 0; i < reply.length; i += 2) fields.set(reply[i] ?? "", reply[i + 1] ?? "");
  const text = (name: string) => fields.get(name) ?? "";
  const time = (name: string) => new Date(Number(text(name)));

  const deliveries = Array.from({ length: Number(text("deliveries")) }, (_, index): Delivery => {
    const number = index + 1;
    return {
      id: deliveryId({ ...ref, number }),
      channel: text(`${number}.channel`) as Delivery["channel"],
      carrier: text(`${number}.carrier`),
      status: text(`${number}.status`) as DeliveryStatus,
      error: fields.get(`${number}.error`) ?? null,
      createdAt: time(`${number}.created_at`),
      updatedAt: time(`${number}.updated_at`),
    };
  });
  return {
    id: verificationId(ref),
    to: decodeMask(text("to")),
    status: text("status") as VerificationStatus,
    channel: text("channel") as Verification["channel"],
    metadata: JSON.parse(text("metadata") || "{}") as Record<string, string>,
    createdAt: time("created_at"),
    expiresAt: time("expires_at"),
    resendAt: time("resend_at"),
    attemptsRemaining: Number(text("max_attempts")) - Number(text("wrong")),
    deliveries,
  };
}
