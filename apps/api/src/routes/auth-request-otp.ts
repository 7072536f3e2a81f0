import { startVerification } from "@watchword/otp-core";
import { z } from "zod";
import type { Api, ApiDeps } from "../deps.ts";
import { phoneNumberOf, simpleErrors, withPhoneNumber } from "../schemas/two-endpoint.ts";

const answer = z.object({ message: z.string(), message_id: z.string(), expires_in_seconds: z.int() });

export function authRequestOtp(app: Api, { core, metrics }: ApiDeps): void {
  app.post(
    "/auth/request-otp",
    {
      schema: {
        summary: "Send a code (two-endpoint form)",
        body: withPhoneNumber({}),
        response: { 202: answer, 200: answer, ...simpleErrors(400, 401, 403, 413, 415, 429, 503) },
      },
    },
    async (request, reply) => {
      const started = await startVerification(core, request.application, {
        to: phoneNumberOf(request.body),
        channel: "sms",
      });
      metrics?.started(started);
      const { verification, sending, lifeLeftSeconds } = started;
      return reply.code(sending ? 202 : 200).send({
        message: sending ? "The code is on its way." : "A code was sent a moment ago.",
        message_id: verification.id,
        expires_in_seconds: lifeLeftSeconds,
      });
    },
  );
}
