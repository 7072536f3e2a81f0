import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import type { ConnectionError } from "fastify";
import type { ApiDeps } from "../deps.ts";
import { problemDocs } from "../schemas/problem-docs.ts";
import { presentProblem, type Refusal } from "./problems.ts";
import type { SecurityHeaders } from "./security-headers.ts";

function refusalOf({ code }: ConnectionError): Refusal {
  switch (code) {
    case "ERR_HTTP_REQUEST_TIMEOUT":
      return { code: "request_timeout", detail: problemDocs.request_timeout.detail, details: {} };
    case "HPE_HEADER_OVERFLOW":
      return { code: "headers_too_large", detail: problemDocs.headers_too_large.detail, details: {} };
    default:
      return { code: "invalid_request", detail: "The request cannot be read.", details: {} };
  }
}

/** A problem as it goes out where there is no request to answer: the last thing on its connection. */
export function lastAnswer(
  refusal: Refusal,
  headers: SecurityHeaders,
): { status: number; fields: Record<string, string | number>; body: string } {
  const problem = presentProblem(refusal);
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
    const refusal = refusalOf(error);
    metrics?.refused(refusal);
    const { status, fields, body } = lastAnswer(refusal, headers);
    const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}`);
    const first = `HTTP/1.1 ${status} ${STATUS_CODES[status]}`;
    if (socket.writable) socket.write([first, ...lines, "", body].join("\r\n"));
    // A peer that goes on sending must not keep it open.
    socket.destroySoon();
  };
