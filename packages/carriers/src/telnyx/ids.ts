/** Ids become parts of job ids, records and logs: nothing but what an id is made of. */
export const isTelnyxId = (value: unknown): value is string => typeof value === "string" && /^[\w-]{1,64}$/.test(value);

/** A `call_control_id`: a version and base64url, such as `v3:2EC-70CT…`, so far of up to about 100 characters. */
export const isTelnyxCallId = (value: unknown): value is string =>
  typeof value === "string" && /^(?:v\d{1,2}:)?[\w-]{1,160}$/.test(value);
