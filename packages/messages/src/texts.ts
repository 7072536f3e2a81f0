/** Every text a person receives, in one language. Each names `{brand}` exactly once. */
export interface Texts {
  /** Names `{code}` once. It has 45 UTF-16 units for the rest: with a brand of 15 and a code of 10 that is one segment. */
  readonly sms: string;
  /**
   * Names `{code}` twice, as digits one by one, and the key 1 once. No full stop of Latin script follows a digit: many
   * languages read "6." as "sixth".
   */
  readonly spoken: string;
}
