import { eraseVerification } from "@watchword/otp-core";
import { z } from "zod";
import type { Api, ApiDeps } from "../deps.ts";
import { nothing, problems } from "../schemas/problem.ts";

export function verificationsErase(app: Api, { core }: ApiDeps): void {
  app.delete(
    "/v1/verifications/:id",
    {
      schema: {
        summary: "Erase a verification",
        description:
          "It is forgotten at once, with its code and its deliveries; what waits to be sent never is. The limits of the number, which hold no number, stay.",
        params: z.object({ id: z.string() }),
        response: { 204: nothing, ...problems(401, 404, 503) },
      },
    },
    async (request, reply) => {
      await eraseVerification(core, request.application, request.params.id);
      return reply.code(204).send(null);
    },
  );
}
