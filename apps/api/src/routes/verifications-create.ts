import { codePattern, startVerification } from "@watchword/otp-core";
import { z } from "zod";
import type { Api, ApiDeps } from "../deps.ts";
import { behindKey, problems, readsBody, startsVerification } from "../schemas/problem.ts";
import { channel, clientIp, context, locale, presentVerification, to, verification } from "../schemas/verification.ts";
import { startDocs } from "../schemas/verification-docs.ts";

const MAX_METADATA = 16;
const MAX_METADATA_NAME = 64;

const body = z.strictObject({
  to,
  channel: channel.optional().meta({
    description:
      "How the first message goes out: the first step of the application's workflow, sms unless it says otherwise",
  }),
  locale: locale.optional(),
  fallback: z.enum(["call", "none"]).optional().meta({
    description:
      "Whether the workflow goes on, by default to a call, where the first message fails or is not confirmed; without a voice channel nobody is called",
  }),
  client_ip: clientIp.optional(),
  metadata: z
    .record(z.string().min(1).max(MAX_METADATA_NAME), z.string().max(256), {
      error: ({ code: fault }) =>
        fault === "invalid_key" ? `names must be 1 to ${MAX_METADATA_NAME} characters` : undefined,
    })
    .refine((record) => Object.keys(record).length <= MAX_METADATA, `must have at most ${MAX_METADATA} entries`)
    .optional()
    .meta({ description: "Yours: returned as it came", maxProperties: MAX_METADATA, examples: [{ user_id: "42" }] }),
  code: z
    .string()
    .regex(codePattern, "must be 4 to 10 digits")
    .optional()
    .meta({ description: "Sent in place of a code of ours, where the application may bring its own" }),
  context: context.optional(),
});

export function verificationsCreate(app: Api, { core, metrics }: ApiDeps): void {
  app.post(
    "/v1/verifications",
    {
      schema: {
        operationId: "startVerification",
        tags: ["Verifications"],
        summary: "Start a verification",
        description:
          "Sends a code to the number. While one is pending, asking again sends the same code once the resend gap has passed (202), and nothing before (200). A landline, which no SMS reaches, is called at once wherever a call is set up, unless the request says both channel sms and fallback none. What is pending keeps its code and its context: with others it is refused (409) until the pending one is canceled.",
        body,
        response: {
          202: verification,
          200: verification,
          ...problems(...behindKey, ...readsBody, ...startsVerification),
        },
        docs: startDocs,
      },
    },
    async (request, reply) => {
      const started = await startVerification(core, request.application, {
        ...request.body,
        clientIp: request.body.client_ip,
        claim: request.idempotent?.claim,
      });
      metrics?.started(started);
      void reply.header("location", `/v1/verifications/${started.verification.id}`);
      return reply.code(started.sending ? 202 : 200).send(presentVerification(started.verification));
    },
  );
}
