// Titles and details: https://developers.telnyx.com/development/api-fundamentals/api-errors (retrieved 2026-11).
const refusals = {
  invalid_url: {
    status: 422,
    code: "10003",
    title: "Invalid URL",
    detail: "The URL provided was invalid, malformed, or too long. URLs can be a maximum of 2000 characters.",
  },
  missing_parameter: {
    status: 400,
    code: "10004",
    title: "Missing required parameter",
    detail: "A required parameter was missing.",
  },
  not_found: {
    status: 404,
    code: "10005",
    title: "Resource not found",
    detail: "The requested resource or URL could not be found.",
  },
  unexpected: { status: 500, code: "10007", title: "Unexpected error", detail: "An unexpected error occured." },
  unavailable: { status: 503, code: "10007", title: "Unexpected error", detail: "An unexpected error occured." },
  unauthenticated: {
    status: 401,
    code: "10009",
    title: "Authentication failed",
    detail: "The required authentication headers were either invalid or not included in the request.",
  },
  too_many_requests: {
    status: 429,
    code: "10011",
    title: "Too many requests",
    detail: "You have exceeded the maximum number of allowed requests.",
  },
  unsupported_media_type: {
    status: 415,
    code: "10014",
    title: "Unsupported Media Type",
    detail: "The request failed because the server does not support the media type.",
  },
  malformed: {
    status: 400,
    code: "10015",
    title: "Bad Request",
    detail: "The request failed because it was not well-formed.",
  },
  too_long: {
    status: 422,
    code: "10015",
    title: "Bad Request",
    detail: "The request failed because it was not well-formed.",
  },
  not_e164: {
    status: 422,
    code: "10016",
    title: "Phone number must be in +E.164 format",
    detail: "The specified phone number parameter must be in +E.164 format.",
  },
  invalid_from: {
    status: 400,
    code: "40305",
    title: "Invalid 'from' address",
    detail: "The 'from' address should be string containing a valid phone number or alphanumeric sender ID.",
  },
  invalid_to: {
    status: 400,
    code: "40310",
    title: "Invalid 'to' address",
    detail: "The 'to' address should be a single valid number.",
  },
  unknown_call: {
    status: 422,
    code: "90015",
    title: "Invalid Call Control ID",
    detail: "The call_control_id provided was not valid.",
  },
  call_ended: {
    status: 422,
    code: "90018",
    title: "Call has already ended",
    detail: "This call is no longer active and can't receive commands.",
  },
  call_not_answered: {
    status: 422,
    code: "90034",
    title: "Call not answered yet",
    detail: "This call can't receive this command because it has not been answered yet.",
  },
} as const;

export type RefusalName = keyof typeof refusals;

export interface Fault {
  readonly name: RefusalName;
  /** RFC 6901 pointer to the parameter, such as `/to`. */
  readonly pointer?: string;
}

/** A request that Telnyx would refuse. The first fault decides the HTTP status. */
export class TelnyxRefusal extends Error {
  readonly status: number;
  readonly faults: readonly [Fault, ...Fault[]];

  constructor(...faults: readonly [Fault, ...Fault[]]) {
    super(faults.map(({ name, pointer = "" }) => `${name} ${pointer}`.trim()).join(", "));
    this.faults = faults;
    this.status = refusals[faults[0].name].status;
  }

  body(): object {
    return {
      errors: this.faults.map(({ name, pointer }) => {
        const { code, title, detail } = refusals[name];
        const meta = { url: `https://developers.telnyx.com/docs/overview/errors/${code}` };
        return { code, title, detail, meta, ...(pointer && { source: { pointer } }) };
      }),
    };
  }
}

export function isRefusalName(name: string): name is RefusalName {
  return Object.hasOwn(refusals, name);
}
