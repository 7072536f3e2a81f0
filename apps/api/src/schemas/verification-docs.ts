import type { OperationDocs } from "./operation-docs.ts";
import { unknownField } from "./problem-docs.ts";
import * as examples from "./verification-examples.ts";

export const startDocs: OperationDocs = {
  requests: {
    number: { summary: "A number is enough", value: { to: "+1 (415) 555-0123" } },
    everything: {
      summary: "Everything that can be said",
      value: {
        to: "+14155550123",
        channel: "sms",
        locale: "pt-BR",
        fallback: "none",
        client_ip: "203.0.113.9",
        metadata: { user_id: "42" },
      },
    },
    payment: {
      summary: "A code that approves one payment",
      value: { to: "+14155550123", context: { amount: "EUR 12.50", payee: "Green Grocers" } },
    },
  },
  answers: {
    202: {
      description: "A message is on its way: the first, or the same code once more.",
      headers: ["Location"],
      examples: { started: { summary: "The first message", value: examples.started } },
    },
    200: {
      description: "One is pending and its resend gap has not passed: nothing is sent.",
      headers: ["Location"],
      examples: { pending: { summary: "A page was refreshed", value: examples.startedAgain } },
    },
  },
};

const checkedAnswer = {
  description: "Whether the code was right, and what became of the verification.",
  examples: {
    right: { summary: "The right code", value: examples.rightCode },
    wrong: { summary: "A wrong code", value: examples.wrongCode },
    last: { summary: "The last wrong code that it took", value: examples.lastWrongCode },
    late: { summary: "The code's life was over", value: examples.tooLate },
  },
};
const wrongShape = "must be the digits of the code; spaces and dashes do not count";
const invalidCode = { detail: `code ${wrongShape}`, errors: [{ field: "code", message: wrongShape }] };

export const checkDocs: OperationDocs = {
  requests: {
    code: { summary: "As it was sent", value: { code: "123456" } },
    typed: { summary: "As people type it", value: { code: "123 456" } },
    payment: {
      summary: "For the payment that it was sent for",
      value: { code: "123456", context: { amount: "EUR 12.50", payee: "Green Grocers" } },
    },
  },
  answers: { 200: checkedAnswer },
  refusals: { invalid_request: invalidCode },
};

export const checkNumberDocs: OperationDocs = {
  requests: {
    code: { summary: "A code and the number it was sent to", value: { to: "+14155550123", code: "123456" } },
  },
  answers: { 200: checkedAnswer },
  refusals: { invalid_request: invalidCode },
};

const onlyWhatIsSetUp = "call is not set up here; use sms";

export const resendDocs: OperationDocs = {
  requests: {
    sms: { summary: "As at first, once more", value: {} },
    call: { summary: "By a call instead, where calls are set up", value: { channel: "call" } },
  },
  answers: {
    202: {
      description: "Another message with the same code is on its way.",
      examples: { resent: { summary: "The second message", value: examples.resent } },
    },
  },
  refusals: {
    invalid_request: {
      detail: `channel: ${onlyWhatIsSetUp}`,
      errors: [{ field: "channel", message: onlyWhatIsSetUp }],
    },
  },
};

export const cancelDocs: OperationDocs = {
  requests: { nothing: { summary: "There is nothing to say", value: {} } },
  answers: {
    200: {
      description: "It is over.",
      examples: { canceled: { summary: "Before its message was sent", value: examples.canceled } },
    },
  },
  refusals: { invalid_request: unknownField("reason") },
};

const unreadable = { detail: "The request cannot be read." };

export const readDocs: OperationDocs = {
  answers: {
    200: {
      description: "The verification, with every delivery and every attempt at it.",
      examples: {
        approved: { summary: "It went well", value: examples.approved },
        calling: { summary: "The SMS came to nothing, so the person is called", value: examples.calling },
      },
    },
  },
  refusals: { invalid_request: unreadable },
};

export const eraseDocs: OperationDocs = {
  answers: { 204: { description: "It is forgotten." } },
  refusals: { invalid_request: unreadable },
};

const howToWrite = "write it as + and digits, such as +14155550123";

export const eraseNumberDocs: OperationDocs = {
  answers: { 204: { description: "All of it is forgotten, or there was nothing." } },
  refusals: {
    invalid_request: unreadable,
    invalid_phone_number: {
      detail: `This is not a usable phone number: ${howToWrite}.`,
      errors: [{ field: "e164", message: howToWrite }],
    },
  },
};
