import type { IncomingMessage, ServerResponse } from "node:http";
import type { Api, ApiDeps } from "../deps.ts";
import { problemDocs } from "../schemas/problem-docs.ts";
import { lastAnswer } from "./broken-requests.ts";
import type { Refusal } from "./problems.ts";
import type { SecurityHeaders } from "./security-headers.ts";

const refusal: Refusal = { code: "expectation_failed", detail: problemDocs.expectation_failed.detail, details: {} };

/** Answers an `Expect` other than `100-continue`, which Node keeps from becoming a request, as all else is refused. */
export function refuseExpectations(
  app: Api,
  headers: SecurityHeaders,
  { logger, metrics }: Pick<ApiDeps, "logger" | "metrics">,
): void {
  app.server.on("checkExpectation", (_request: IncomingMessage, response: ServerResponse) => {
    logger.debug("request refused for its Expect");
    metrics?.refused(refusal);
    const { status, fields, body } = lastAnswer(refusal, headers);
    response.writeHead(status, fields).end(body);
  });
}
