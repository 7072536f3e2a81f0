/** The payment that a code approves, and no other one (PSD2 RTS, Delegated Regulation (EU) 2018/389, article 5). */
export interface PaymentContext {
  /** With its currency, as the person reads it. */
  amount: string;
  payee: string;
}

/** Most characters of each. */
export const contextBounds = { amount: 20, payee: 40 } as const;

/** The same payment is the same text, however its letters are composed. */
export const normalizeContext = ({ amount, payee }: PaymentContext): PaymentContext => ({
  amount: amount.normalize("NFC"),
  payee: payee.normalize("NFC"),
});
