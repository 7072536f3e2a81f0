import { readVerification } from "@watchword/otp-core";
import { z } from "zod";
import type { Api, ApiDeps } from "../deps.ts";
import { problems } from "../schemas/problem.ts";
import { presentVerification, verification } from "../schemas/verification.ts";

export function verificationsRead(app: Api, { core }: ApiDeps): void {
  app.get(
    "/v1/verifications/:id",
    {
      schema: {
        summary: "Read a verification",
        params: z.object({ id: z.string() }),
        response: { 200: verification, ...problems(401, 404, 503) },
      },
    },
    async (request) => presentVerification(await readVerification(core, request.application, request.params.id)),
  );
}
