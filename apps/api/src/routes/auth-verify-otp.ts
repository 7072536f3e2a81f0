import { checkNumber, WatchwordError } from "@watchword/otp-core";
import { z } from "zod";
import type { Api, ApiDeps } from "../deps.ts";
import { phoneNumberOf, simpleErrors, withPhoneNumber } from "../schemas/two-endpoint.ts";

const refused = z.object({ message: z.string(), authenticated: z.literal(false) });
/** One sentence for wrong, expired, used and exhausted codes, and for a number without any: it tells a guesser nothing. */
const REFUSED: z.output<typeof refused> = { message: "The code is wrong or no longer valid.", authenticated: false };

export function authVerifyOtp(app: Api, { core, metrics }: ApiDeps): void {
  app.post(
    "/auth/verify-otp",
    {
      schema: {
        summary: "Check a code (two-endpoint form)",
        body: withPhoneNumber({ otp: z.string().min(1, "is required").max(64) }),
        response: {
          200: z.object({ message: z.string(), authenticated: z.literal(true), session_token: z.string() }),
          401: z.union([refused, z.object({ error: z.string() })]),
          ...simpleErrors(400, 403, 413, 415, 429, 503),
        },
      },
    },
    async (request, reply) => {
      const token = await checkNumber(core, request.application, phoneNumberOf(request.body), request.body.otp).then(
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
