import { startVerification } from "@watchword/otp-core";
import { z } from "zod";
import type { Api, ApiDeps } from "../deps.ts";
import { behindKey, readsBody, startsVerification } from "../schemas/problem.ts";
import { phoneNumberOf, simpleErrors, withPhoneNumber } from "../schemas/two-endpoint.ts";
import { requestOtpDocs } from "../schemas/two-endpoint-docs.ts";

const answer = z
  .object({
    message: z.string().meta({ description: "For people" }),
    message_id: z.string().meta({ description: "The id of the verification" }),
    expires_in_seconds: z.int().min(0).meta({ description: "How long the code still lives" }),
  })
  .meta({ id: "OtpRequested", description: "That a code is on its way" });

export function authRequestOtp(app: Api, { core, metrics }: ApiDeps): void {
  app.post(
    "/auth/request-otp",
    {
      schema: {
        operationId: "requestOtp",
        tags: ["Two-endpoint form"],
        summary: "Send a code (two-endpoint form)",
        description: "As `POST /v1/verifications` does, in the words of common samples.",
        body: withPhoneNumber({}),
        response: {
          202: answer,
          200: answer,
          ...simpleErrors(...behindKey, ...readsBody, ...startsVerification),
        },
        docs: requestOtpDocs,
      },
    },
    async (request, reply) => {
      const started = await startVerification(core, request.application, { to: phoneNumberOf(request.body) });
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
