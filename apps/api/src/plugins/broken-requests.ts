import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import type { ConnectionError } from "fastify";
import type { ApiDeps } from "../deps.ts";
import { problemDocs } from "../schemas/problem-docs.ts";
import { presentProblem, refusal, type Refusal } from "./problems.ts";
import type { SecurityHeaders } from "./security-headers.ts";

function refusalOf({ code }: ConnectionError): Refusal {
  switch (code) {
    case "ERR_HTTP_REQUEST_TIMEOUT":
      return refusal("request_timeout", problemDocs.request_timeout.detail);
    case "HPE_HEADER_OVERFLOW":
      return refusal("headers_too_large", problemDocs.headers_too_large.detail);
    default:
      return refusal("invalid_request", "The request cannot be read.");
  }
}

/** A problem as it goes out where there is no request to answer: the last thing on its connection. */
export function lastAnswer(
  refused: Refusal,
  headers: SecurityHeaders,
): { status: number; fields: Record<string, string | number>; body: string } {
  const problem = presentProblem(refused);
  const body = JSON.stringify(problem);
  const fields = {
    ...headers,
    connection: "close",
    "content-type": "application/problem+json",
    "content-length": Buffer.byteLength(body),
  };
  return { status: problem.status, fields, body };
}

/**
 * Answers what never becomes a request, as a problem too, and closes the connection. The error is not logged as it is:
 * it carries the bytes that came.
 */
export const refuseBrokenRequests =
  (headers: SecurityHeaders, { logger, metrics }: Pick<ApiDeps, "logger" | "metrics">) =>
  (error: ConnectionError, socket: Socket): void => {
    if (error.code === "ECONNRESET" || socket.destroyed) return;
    logger.debug({ reason: error.code }, "request refused before it was one");
    const refused = refusalOf(error);
    metrics?.refused(refused);
    const { status, fields, body } = lastAnswer(refused, headers);
    const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}`);
    const first = `HTTP/1.1 ${status} ${STATUS_CODES[status]}`;
    if (socket.writable) socket.write([first, ...lines, "", body].join("\r\n"));
    // A peer that goes on sending must not keep it open.
    socket.destroySoon();
  };
