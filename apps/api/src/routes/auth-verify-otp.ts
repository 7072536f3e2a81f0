import { checkNumber, couldBeCode, readPhoneNumber, WatchwordError } from "@watchword/otp-core";
import { z } from "zod";
import type { Api, ApiDeps } from "../deps.ts";
import { behindKey, readsBody, responsesOf } from "../schemas/problem.ts";
import { phoneNumberOf, simpleError, simpleErrors, withPhoneNumber } from "../schemas/two-endpoint.ts";
import { verifyOtpDocs } from "../schemas/two-endpoint-docs.ts";

const message = z.string().meta({ description: "For people" });
const accepted = z
  .object({
    message,
    authenticated: z.literal(true),
    session_token: z.string().meta({ description: "A JWT that proves it for five minutes, see the keys" }),
  })
  .meta({ id: "OtpAccepted", description: "That the code was right" });
const refused = z
  .object({ message, authenticated: z.literal(false) })
  .meta({ id: "OtpRefused", description: "That the code was not right" });
/** One sentence for wrong, impossible, expired, used and exhausted codes, and for a number without any: it tells a guesser nothing. */
const REFUSED: z.output<typeof refused> = { message: "The code is wrong or no longer valid.", authenticated: false };

export function authVerifyOtp(app: Api, { core, metrics }: ApiDeps): void {
  app.post(
    "/auth/verify-otp",
    {
      schema: {
        operationId: "verifyOtp",
        tags: ["Two-endpoint form"],
        summary: "Check a code (two-endpoint form)",
        description:
          "As `POST /v1/verifications/check` does, in the words of common samples. What is not 4 to 10 digits cannot be a code, and costs no attempt; spaces and dashes do not count.",
        body: withPhoneNumber({
          otp: z
            .string()
            .min(1, "is required")
            .max(64)
            .meta({ description: "What the person typed", examples: ["123456"] }),
        }),
        response: {
          200: accepted,
          ...simpleErrors(...behindKey, ...readsBody, "invalid_phone_number", "number_locked"),
          ...responsesOf(z.union([refused, simpleError]), ["unauthorized"], "application/json"),
        },
        docs: verifyOtpDocs,
      },
    },
    async (request, reply) => {
      const number = phoneNumberOf(request.body);
      const { otp } = request.body;
      if (!couldBeCode(otp)) {
        // No guess: it costs the person none of their attempts. Nothing is looked up, so that it tells nothing of a number.
        readPhoneNumber(number, request.application.settings);
        return reply.code(401).send(REFUSED);
      }
      const token = await checkNumber(core, request.application, number, otp).then(
        (checked) => {
          metrics?.checked(checked);
          return checked.token;
        },
        (error: unknown) => {
          if (error instanceof WatchwordError && error.code === "verification_not_found") return undefined;
          throw error;
        },
      );
      if (token === undefined) return reply.code(401).send(REFUSED);
      return reply.code(200).send({ message: "The number is verified.", authenticated: true, session_token: token });
    },
  );
}
