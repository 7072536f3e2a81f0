const ID = "LqHgkSvmvIO487O0GQVWNrgnXIQshnU8";
const id = `vf_${ID}`;

const delivery = (number: number, fields: object) => ({
  id: `dl_${ID}_${number}`,
  channel: "sms",
  carrier: "telnyx",
  status: "queued",
  error: null,
  created_at: "2026-11-20T18:47:07.503Z",
  updated_at: "2026-11-20T18:47:07.503Z",
  attempts: [],
  ...fields,
});

const attempt = (fields: object) => ({
  outcome: "sent",
  carrier: "telnyx",
  carrier_id: null,
  carrier_code: null,
  reason: null,
  started_at: "2026-11-20T18:47:07.521Z",
  ended_at: "2026-11-20T18:47:07.694Z",
  ...fields,
});

const sent = delivery(1, {
  status: "delivered",
  updated_at: "2026-11-20T18:47:09.116Z",
  attempts: [attempt({ carrier_id: "40317e2d-f5c1-4f3f-8b3a-2f0a8a2f7c11" })],
});

const verification = (fields: object) => ({
  id,
  status: "pending",
  to: "+1415•••0123",
  channel: "sms",
  created_at: "2026-11-20T18:47:07.503Z",
  expires_at: "2026-11-20T18:52:07.503Z",
  attempts_remaining: 3,
  resend_at: "2026-11-20T18:47:37.503Z",
  metadata: { user_id: "42" },
  deliveries: [delivery(1, {})],
  ...fields,
});

export const started = verification({});

/** A page refresh: nothing is sent, and the first message has arrived meanwhile. */
export const startedAgain = verification({ deliveries: [sent] });

const resentAt = "2026-11-20T18:47:49.020Z";
export const resent = verification({
  resend_at: "2026-11-20T18:48:49.020Z",
  deliveries: [sent, delivery(2, { created_at: resentAt, updated_at: resentAt })],
});

/** The worker that takes its delivery will skip it. */
export const canceled = verification({ status: "canceled" });

export const approved = verification({ status: "approved", deliveries: [sent] });

/** The carrier refused the number for SMS, so the person is called. */
export const calling = verification({
  deliveries: [
    delivery(1, {
      status: "failed",
      error: "landline",
      updated_at: "2026-11-20T18:47:07.694Z",
      attempts: [attempt({ outcome: "failed", carrier_code: "40001", reason: "landline" })],
    }),
    delivery(2, {
      channel: "call",
      status: "sending",
      created_at: "2026-11-20T18:47:07.694Z",
      updated_at: "2026-11-20T18:47:07.702Z",
      attempts: [attempt({ outcome: null, started_at: "2026-11-20T18:47:07.702Z", ended_at: null })],
    }),
  ],
});

/** Signed with a key that was thrown away. */
export const token = [
  "eyJhbGciOiJFZERTQSIsInR5cCI6IkpXVCIsImtpZCI6ImsxIn0",
  "eyJ2ZXJpZmljYXRpb25faWQiOiJ2Zl9McUhna1N2bXZJTzQ4N08wR1FWV05yZ25YSVFzaG5VOCIsInB1cnBvc2UiOiJwaG9uZV92ZXJpZmljYXRpb24iLCJpc3MiOiJodHRwczovL3ZlcmlmeS5leGFtcGxlLmNvbSIsImF1ZCI6ImRlZmF1bHQiLCJzdWIiOiJMcUhna1N2bXZJTzQ4N08wIiwianRpIjoidmZfTHFIZ2tTdm12SU80ODdPMEdRVldOcmduWElRc2huVTgiLCJpYXQiOjE3OTUyNjUyOTQsImV4cCI6MTc5NTI2NTU5NH0",
  "rTs3uSO_baL_nEL1CPdwx_9-UFPoRUqQSnpam-s9bCD3ynIrBYZNL7GLaRUdy0KxTLnE26ThpYKfr4irIMfNBg",
].join(".");

export const rightCode = { id, status: "approved", valid: true, attempts_remaining: 3, token };
export const wrongCode = { id, status: "pending", valid: false, attempts_remaining: 2 };
export const lastWrongCode = { id, status: "failed", valid: false, attempts_remaining: 0 };
export const tooLate = { id, status: "expired", valid: false, attempts_remaining: 3 };
export const verificationId = id;
