/**
 * Every text a person receives, in one language. Each names `{code}` and `{brand}` exactly once.
 * An SMS has 45 UTF-16 units for the rest: with a brand of 15 and a code of 10 that is one segment.
 */
export interface Texts {
  readonly sms: string;
}
