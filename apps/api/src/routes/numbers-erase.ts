import { eraseNumber } from "@watchword/otp-core";
import type { Api, ApiDeps } from "../deps.ts";
import { behindKey, nothing, problems, readsBody } from "../schemas/problem.ts";
import { numberParams } from "../schemas/verification.ts";
import { eraseNumberDocs } from "../schemas/verification-docs.ts";

export function numbersErase(app: Api, { core }: ApiDeps): void {
  app.delete(
    "/v1/numbers/:e164",
    {
      schema: {
        operationId: "eraseNumber",
        tags: ["Verifications"],
        summary: "Erase everything of a number",
        description:
          "Every verification of the number is forgotten at once, with its code and its deliveries. The answer is the same where there was none. The limits of the number, which hold no number, stay.",
        params: numberParams,
        response: { 204: nothing, ...problems(...behindKey, ...readsBody, "invalid_phone_number") },
        docs: eraseNumberDocs,
      },
    },
    async (request, reply) => {
      await eraseNumber(core, request.application, request.params.e164, "e164");
      return reply.code(204).send(null);
    },
  );
}
