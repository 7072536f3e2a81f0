import { randomNumber } from "@watchword/otp-core/testing";

export function distinctNumbers(count: number): string[] {
  const numbers = new Set<string>();
  while (numbers.size < count) numbers.add(randomNumber());
  return [...numbers];
}
