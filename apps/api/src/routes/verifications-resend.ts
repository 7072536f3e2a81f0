import { resendVerification } from "@watchword/otp-core";
import { z } from "zod";
import type { Api, ApiDeps } from "../deps.ts";
import { behindKey, problems, readsBody } from "../schemas/problem.ts";
import { channel, presentVerification, verification, verificationParams } from "../schemas/verification.ts";
import { resendDocs } from "../schemas/verification-docs.ts";

export function verificationsResend(app: Api, { core }: ApiDeps): void {
  app.post(
    "/v1/verifications/:id/resend",
    {
      schema: {
        operationId: "resendVerification",
        tags: ["Verifications"],
        summary: "Send the same code once more",
        description: "By the channel that it began with, unless another is named, once the resend gap has passed.",
        params: verificationParams,
        body: z.strictObject({ channel: channel.optional() }).optional(),
        response: {
          202: verification,
          ...problems(
            ...behindKey,
            ...readsBody,
            "verification_not_found",
            "verification_not_pending",
            "resend_too_soon",
            "too_many_requests",
            "number_locked",
            "destination_suspended",
            "unsupported_destination",
          ),
        },
        docs: resendDocs,
      },
    },
    async (request, reply) => {
      const by = request.body?.channel;
      const claim = request.idempotent?.claim;
      const resent = await resendVerification(core, request.application, request.params.id, by, claim);
      return reply.code(202).send(presentVerification(resent));
    },
  );
}
