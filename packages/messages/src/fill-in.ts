/** What a code is bound to, and said with it. */
export interface PaymentContext {
  /** With its currency, as a person reads it. */
  readonly amount: string;
  readonly payee: string;
}

export type Values = Readonly<Partial<Record<"code" | "brand" | keyof PaymentContext, string>>>;

/** In one pass with a function: nothing inside a value is read as a placeholder or a `$` pattern. */
export const fillIn = (template: string, values: Values): string =>
  template.replace(/\{(code|brand|amount|payee)\}/g, (placeholder, name: keyof Values) => values[name] ?? placeholder);
