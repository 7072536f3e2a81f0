import { z } from "zod";
import type { ProblemCode } from "../plugins/problems.ts";
import { responsesOf } from "./problem.ts";

/** The two-endpoint form answers `{"error": "…"}` where the rest of the API answers a problem. */
export const simpleError = z
  .object({ error: z.string().meta({ description: "What is wrong, for people" }) })
  .meta({ id: "Error", description: "A refusal of the two-endpoint form" });

/** The response schemas of a route's refusals, a failure of ours among them. */
export const simpleErrors = <Code extends ProblemCode>(
  ...refused: readonly Code[]
): ReturnType<typeof responsesOf<typeof simpleError, Code | "internal_error">> =>
  responsesOf<typeof simpleError, Code | "internal_error">(
    simpleError,
    [...refused, "internal_error"],
    "application/json",
  );

interface PhoneNumberFields {
  phone_number?: string | undefined;
  phoneNumber?: string | undefined;
}

const saysOneNumber = ({ phone_number: one, phoneNumber: other }: PhoneNumberFields) =>
  one === undefined || other === undefined || one === other;

export const phoneNumberOf = (body: PhoneNumberFields): string => body.phone_number ?? body.phoneNumber ?? "";

const phoneNumber = z.string().optional();

/** `phone_number`, also written `phoneNumber`, and the fields of a route. */
export const withPhoneNumber = <Shape extends z.ZodRawShape>(shape: Shape) =>
  z
    .strictObject({
      phone_number: phoneNumber.meta({ description: "In international form", examples: ["+14155550123"] }),
      phoneNumber: phoneNumber.meta({ description: "Another way of writing `phone_number`; one of them is required" }),
      ...shape,
    })
    .refine((body) => phoneNumberOf(body as PhoneNumberFields) !== "", {
      path: ["phone_number"],
      message: "is required",
    })
    .refine((body) => saysOneNumber(body as PhoneNumberFields), {
      path: ["phoneNumber"],
      message: "must be the same as phone_number: one of the two is enough",
    });
