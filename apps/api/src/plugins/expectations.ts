import type { IncomingMessage, ServerResponse } from "node:http";
import type { Api, ApiDeps } from "../deps.ts";
import { problemDocs } from "../schemas/problem-docs.ts";
import { presentProblem, type Refusal } from "./problems.ts";
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
    const problem = presentProblem(refusal);
    const body = JSON.stringify(problem);
    const fields = {
      ...headers,
      connection: "close",
      "content-type": "application/problem+json",
      "content-length": Buffer.byteLength(body),
    };
    response.writeHead(problem.status, fields).end(body);
  });
}
