import { resendVerification } from "@watchword/otp-core";
import { z } from "zod";
import type { Api, ApiDeps } from "../deps.ts";
import { problems } from "../schemas/problem.ts";
import { channel, presentVerification, verification } from "../schemas/verification.ts";

export function verificationsResend(app: Api, { core }: ApiDeps): void {
  app.post(
    "/v1/verifications/:id/resend",
    {
      schema: {
        summary: "Send the same code once more",
        params: z.object({ id: z.string() }),
        body: z.strictObject({ channel: channel.default("sms") }).nullish(),
        response: { 202: verification, ...problems(400, 401, 404, 409, 413, 415, 429, 503) },
      },
    },
    async (request, reply) => {
      const by = request.body?.channel ?? "sms";
      const resent = await resendVerification(core, request.application, request.params.id, by);
      return reply.code(202).send(presentVerification(resent));
    },
  );
}
