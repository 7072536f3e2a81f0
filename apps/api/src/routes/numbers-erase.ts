import { eraseNumber } from "@watchword/otp-core";
import { z } from "zod";
import type { Api, ApiDeps } from "../deps.ts";
import { nothing, problems } from "../schemas/problem.ts";

export function numbersErase(app: Api, { core }: ApiDeps): void {
  app.delete(
    "/v1/numbers/:e164",
    {
      schema: {
        summary: "Erase everything of a number",
        description:
          "Every verification of the number is forgotten at once, with its code and its deliveries. The answer is the same where there was none. The limits of the number, which hold no number, stay.",
        params: z.object({ e164: z.string().meta({ examples: ["+14155550123"] }) }),
        response: { 204: nothing, ...problems(400, 401, 503) },
      },
    },
    async (request, reply) => {
      await eraseNumber(core, request.application, request.params.e164, "e164");
      return reply.code(204).send(null);
    },
  );
}
