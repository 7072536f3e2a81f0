import { type Checked, checkNumber, checkVerification, type PaymentContext } from "@watchword/otp-core";
import type { FastifyRequest } from "fastify";
import { z } from "zod";
import type { Api, ApiDeps } from "../deps.ts";
import { behindKey, problems, readsBody } from "../schemas/problem.ts";
import { checked, code, context, to, verificationParams } from "../schemas/verification.ts";
import { checkDocs, checkNumberDocs } from "../schemas/verification-docs.ts";

const present = ({ id, status, valid, attemptsRemaining, token }: Checked): z.output<typeof checked> => ({
  id,
  status,
  valid,
  attempts_remaining: attemptsRemaining,
  ...(token !== undefined && { token }),
});

const optionsOf = (
  request: Pick<FastifyRequest, "idempotent"> & { body: { context?: PaymentContext | undefined } },
) => ({
  context: request.body.context,
  claim: request.idempotent?.claim,
});

const refusals = [...behindKey, ...readsBody, "verification_not_found", "number_locked"] as const;
const description =
  "A wrong code, or one for a verification that is over, is answered with `valid: false`, and so is one whose `context` is not that of its start.";

export function verificationsCheck(app: Api, { core, metrics }: ApiDeps): void {
  const answer = (result: Checked) => {
    metrics?.checked(result);
    return present(result);
  };

  app.post(
    "/v1/verifications/:id/check",
    {
      schema: {
        operationId: "checkVerification",
        tags: ["Verifications"],
        summary: "Check a code",
        description,
        params: verificationParams,
        body: z.strictObject({ code, context: context.optional() }),
        response: { 200: checked, ...problems(...refusals) },
        docs: checkDocs,
      },
    },
    async (request) =>
      answer(
        await checkVerification(core, request.application, request.params.id, request.body.code, optionsOf(request)),
      ),
  );

  app.post(
    "/v1/verifications/check",
    {
      schema: {
        operationId: "checkNumber",
        tags: ["Verifications"],
        summary: "Check a code by number",
        description: `Of the newest verification of the number. ${description}`,
        body: z.strictObject({ to, code, context: context.optional() }),
        response: { 200: checked, ...problems(...refusals, "invalid_phone_number") },
        docs: checkNumberDocs,
      },
    },
    async (request) =>
      answer(await checkNumber(core, request.application, request.body.to, request.body.code, optionsOf(request))),
  );
}
