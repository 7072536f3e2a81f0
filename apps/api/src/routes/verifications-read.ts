import { readVerification } from "@watchword/otp-core";
import type { Api, ApiDeps } from "../deps.ts";
import { behindKey, problems } from "../schemas/problem.ts";
import { presentVerification, verification, verificationParams } from "../schemas/verification.ts";
import { readDocs } from "../schemas/verification-docs.ts";

export function verificationsRead(app: Api, { core }: ApiDeps): void {
  app.get(
    "/v1/verifications/:id",
    {
      schema: {
        operationId: "readVerification",
        tags: ["Verifications"],
        summary: "Read a verification",
        description: "What became of it, delivery by delivery and attempt by attempt.",
        params: verificationParams,
        response: { 200: verification, ...problems(...behindKey, "invalid_request", "verification_not_found") },
        docs: readDocs,
      },
    },
    async (request) => presentVerification(await readVerification(core, request.application, request.params.id)),
  );
}
