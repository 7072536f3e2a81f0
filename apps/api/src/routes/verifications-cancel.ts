import { cancelVerification } from "@watchword/otp-core";
import { z } from "zod";
import type { Api, ApiDeps } from "../deps.ts";
import { behindKey, problems, readsBody } from "../schemas/problem.ts";
import { presentVerification, verification, verificationParams } from "../schemas/verification.ts";
import { cancelDocs } from "../schemas/verification-docs.ts";

export function verificationsCancel(app: Api, { core, metrics }: ApiDeps): void {
  app.post(
    "/v1/verifications/:id/cancel",
    {
      schema: {
        operationId: "cancelVerification",
        tags: ["Verifications"],
        summary: "Cancel a verification",
        description: "Its code is not sent any more and never accepted.",
        params: verificationParams,
        body: z.strictObject({}).optional(),
        response: {
          200: verification,
          ...problems(...behindKey, ...readsBody, "verification_not_found", "verification_not_pending"),
        },
        docs: cancelDocs,
      },
    },
    async (request) => {
      const canceled = await cancelVerification(core, request.application, request.params.id);
      metrics?.canceled();
      return presentVerification(canceled);
    },
  );
}
