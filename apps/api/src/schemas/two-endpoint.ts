import { z } from "zod";

/** The two-endpoint form answers `{"error": "…"}` where the rest of the API answers a problem. */
const simpleError = z.object({ error: z.string() }).meta({ id: "Error" });

export const simpleErrors = <Status extends number>(...statuses: Status[]): Record<Status, typeof simpleError> =>
  Object.fromEntries(statuses.map((status) => [status, simpleError])) as Record<Status, typeof simpleError>;

interface PhoneNumberFields {
  phone_number?: string | undefined;
  phoneNumber?: string | undefined;
}

export const phoneNumberOf = (body: PhoneNumberFields): string => body.phone_number ?? body.phoneNumber ?? "";

/** `phone_number`, also written `phoneNumber`, and the fields of a route. */
export const withPhoneNumber = <Shape extends z.ZodRawShape>(shape: Shape) =>
  z
    .strictObject({ phone_number: z.string().optional(), phoneNumber: z.string().optional(), ...shape })
    .refine((body) => phoneNumberOf(body as PhoneNumberFields) !== "", {
      path: ["phone_number"],
      message: "is required",
    });
