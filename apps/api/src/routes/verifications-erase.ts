import { eraseVerification } from "@watchword/otp-core";
import type { Api, ApiDeps } from "../deps.ts";
import { behindKey, nothing, problems, readsBody } from "../schemas/problem.ts";
import { verificationParams } from "../schemas/verification.ts";
import { eraseDocs } from "../schemas/verification-docs.ts";

export function verificationsErase(app: Api, { core }: ApiDeps): void {
  app.delete(
    "/v1/verifications/:id",
    {
      schema: {
        operationId: "eraseVerification",
        tags: ["Verifications"],
        summary: "Erase a verification",
        description:
          "It is forgotten at once, with its code and its deliveries; what waits to be sent never is. The limits of the number, which hold no number, stay.",
        params: verificationParams,
        response: { 204: nothing, ...problems(...behindKey, ...readsBody, "verification_not_found") },
        docs: eraseDocs,
      },
    },
    async (request, reply) => {
      await eraseVerification(core, request.application, request.params.id);
      return reply.code(204).send(null);
    },
  );
}
