import { cancelVerification } from "@watchword/otp-core";
import { z } from "zod";
import type { Api, ApiDeps } from "../deps.ts";
import { problems } from "../schemas/problem.ts";
import { presentVerification, verification } from "../schemas/verification.ts";

export function verificationsCancel(app: Api, { core, metrics }: ApiDeps): void {
  app.post(
    "/v1/verifications/:id/cancel",
    {
      schema: {
        summary: "Cancel a verification",
        description: "Its code is not sent any more and never accepted.",
        params: z.object({ id: z.string() }),
        body: z.strictObject({}).nullish(),
        response: { 200: verification, ...problems(400, 401, 404, 409, 413, 415, 503) },
      },
    },
    async (request) => {
      const canceled = await cancelVerification(core, request.application, request.params.id);
      metrics?.canceled();
      return presentVerification(canceled);
    },
  );
}
