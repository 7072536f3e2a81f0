import type { IncomingMessage, ServerResponse } from "node:http";
import type { Api, ApiDeps } from "../deps.ts";
import { problemDocs } from "../schemas/problem-docs.ts";
import { lastAnswer } from "./broken-requests.ts";
import { refusal } from "./problems.ts";
import type { SecurityHeaders } from "./security-headers.ts";

const unmet = refusal("expectation_failed", problemDocs.expectation_failed.detail);

/** Answers an `Expect` other than `100-continue`, which Node keeps from becoming a request, as all else is refused. */
export function refuseExpectations(
  app: Api,
  headers: SecurityHeaders,
  { logger, metrics }: Pick<ApiDeps, "logger" | "metrics">,
): void {
  app.server.on("checkExpectation", (_request: IncomingMessage, response: ServerResponse) => {
    logger.debug("request refused for its Expect");
    metrics?.refused(unmet);
    const { status, fields, body } = lastAnswer(unmet, headers);
    response.writeHead(status, fields).end(body);
  });
}
