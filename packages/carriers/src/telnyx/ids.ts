/** Ids become parts of job ids, records and logs: nothing but what an id is made of. */
export const isTelnyxId = (value: unknown): value is string => typeof value === "string" && /^[\w-]{1,64}$/.test(value);
