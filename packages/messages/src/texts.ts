/** Every text a person receives, in one language. */
export interface Texts {
  /**
   * Names `{code}` and `{brand}` once. It has 45 UTF-16 units for the rest: with a brand of 15 and a code of 10 that is
   * one segment.
   */
  readonly sms: string;
  /**
   * What approves a payment: names `{code}`, `{amount}`, `{payee}` and `{brand}` once. Written in GSM-7 it is one segment
   * with the longest of each in GSM-7; otherwise it has 29 units for the rest, which leaves 41 for the four of them.
   */
  readonly sms_context: string;
  /**
   * Names `{brand}` once, `{code}` twice, as digits one by one, and the key 1 once. No full stop of Latin script follows
   * a digit: many languages read "6." as "sixth".
   */
  readonly spoken: string;
  /** A sentence before the spoken text, where a payment is approved: names `{amount}` and `{payee}` once. */
  readonly spoken_context: string;
}
