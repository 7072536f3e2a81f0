import type { OperationDocs } from "./operation-docs.ts";
import { missing } from "./problem-docs.ts";
import { token, verificationId } from "./verification-examples.ts";

const phone = { phone_number: "+14155550123" };

export const requestOtpDocs: OperationDocs = {
  requests: {
    number: { summary: "A number", value: phone },
    camelCase: { summary: "The field in the other way of writing", value: { phoneNumber: "+14155550123" } },
  },
  answers: {
    202: {
      description: "A message is on its way.",
      examples: {
        sent: {
          summary: "The first message",
          value: { message: "The code is on its way.", message_id: verificationId, expires_in_seconds: 300 },
        },
      },
    },
    200: {
      description: "One was sent a moment ago: nothing is sent.",
      examples: {
        waiting: {
          summary: "Within the resend gap",
          value: { message: "A code was sent a moment ago.", message_id: verificationId, expires_in_seconds: 288 },
        },
      },
    },
  },
  refusals: { invalid_request: missing("phone_number") },
};

export const verifyOtpDocs: OperationDocs = {
  requests: { code: { summary: "A number and its code", value: { ...phone, otp: "123456" } } },
  answers: {
    200: {
      description: "The code is right.",
      examples: {
        right: {
          summary: "The right code",
          value: { message: "The number is verified.", authenticated: true, session_token: token },
        },
      },
    },
    401: {
      description: "The code is wrong, expired, used or exhausted, or the number has none.",
      examples: {
        wrong: {
          summary: "A wrong code",
          value: { message: "The code is wrong or no longer valid.", authenticated: false },
        },
      },
    },
  },
  refusals: { invalid_request: missing("otp") },
};
