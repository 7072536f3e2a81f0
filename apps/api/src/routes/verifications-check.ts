import { type Checked, checkNumber, checkVerification } from "@watchword/otp-core";
import { z } from "zod";
import type { Api, ApiDeps } from "../deps.ts";
import { problems } from "../schemas/problem.ts";
import { checked, code, context, to } from "../schemas/verification.ts";

const present = ({ id, status, valid, attemptsRemaining, token }: Checked): z.output<typeof checked> => ({
  id,
  status,
  valid,
  attempts_remaining: attemptsRemaining,
  ...(token !== undefined && { token }),
});

const response = { 200: checked, ...problems(400, 401, 403, 404, 413, 415, 429, 503) };
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
        summary: "Check a code",
        description,
        params: z.object({ id: z.string() }),
        body: z.strictObject({ code, context: context.optional() }),
        response,
      },
    },
    async (request) =>
      answer(
        await checkVerification(core, request.application, request.params.id, request.body.code, request.body.context),
      ),
  );

  app.post(
    "/v1/verifications/check",
    {
      schema: {
        summary: "Check a code by number",
        description,
        body: z.strictObject({ to, code, context: context.optional() }),
        response,
      },
    },
    async (request) =>
      answer(await checkNumber(core, request.application, request.body.to, request.body.code, request.body.context)),
  );
}
