/** The payment that a code approves, and no other one (PSD2 RTS, Delegated Regulation (EU) 2018/389, article 5). */
export interface PaymentContext {
  /** With its currency, as the person reads it. */
  amount: string;
  payee: string;
}

/** Most characters of each, once it is normalized. */
export const contextBounds = { amount: 20, payee: 40 } as const;

/**
 * The same payment is the same text, however its letters are composed and its words set apart: no white space at the
 * ends, and one blank for a run of it, of whatever kind Unicode has.
 */
export const normalizeContextText = (text: string): string =>
  text
    .normalize("NFC")
    .replaceAll(/\p{White_Space}+/gu, " ")
    .replaceAll(/^ | $/g, "");

export const normalizeContext = ({ amount, payee }: PaymentContext): PaymentContext => ({
  amount: normalizeContextText(amount),
  payee: normalizeContextText(payee),
});
