import { setTimeout as delay } from "node:timers/promises";
import { beginRequest, finishRequest, releaseRequest, type RequestClaim, type StoredAnswer } from "@watchword/otp-core";
import type {
  FastifyError,
  FastifyReply,
  FastifyRequest,
  onSendHookHandler,
  preHandlerHookHandler,
  preValidationHookHandler,
} from "fastify";
import type { Api, ApiDeps } from "../deps.ts";
import { addProblems } from "../schemas/problem.ts";
import { parseIdempotencyKey } from "./idempotency-key.ts";
import { isFinal } from "./kept-answers.ts";

interface IdempotentRequest {
  key: string;
  /** As it was sent: defaults that a later release fills in would make another request of it. */
  body: unknown;
  claim?: RequestClaim | undefined;
}

declare module "fastify" {
  interface FastifyRequest {
    /** Of a request that came with an `Idempotency-Key`. */
    idempotent: IdempotentRequest | undefined;
  }
  interface FastifyContextConfig {
    takesIdempotencyKey?: boolean;
  }
}

const HEADER = "idempotency-key";
/** The headers that belong to an answer and not to the connection that it is sent over. */
const ANSWER_HEADERS = ["content-type", "location", "retry-after", "ratelimit", "ratelimit-policy"] as const;
/** A silent Redis must not hold back the 503 that says so. */
const RELEASE_WAIT_MS = 100;

/**
 * Honours `Idempotency-Key` on every POST route that is added after this. A request takes its key once it has been
 * authenticated and validated, and a 400 of its route lets go of it: a body that is refused as malformed holds no key,
 * and can be mended under the same one.
 * @param lockMs more than any request takes: after that, one that was cut off can be sent again
 */
export function acceptIdempotencyKeys(app: Api, { core, logger }: ApiDeps, lockMs: number): void {
  const read: preValidationHookHandler = (request, _reply, done) => {
    if (request.headers[HEADER] !== undefined) {
      request.idempotent = { key: parseIdempotencyKey(linesOf(request)), body: request.body };
    }
    done();
  };

  const begin: preHandlerHookHandler = (request, reply, done) => {
    if (request.idempotent) void claimOrReplay(request, reply, request.idempotent, done);
    else done();
  };

  async function claimOrReplay(
    request: FastifyRequest,
    reply: FastifyReply,
    idempotent: IdempotentRequest,
    done: (error?: FastifyError) => void,
  ): Promise<void> {
    try {
      const input = { idempotencyKey: idempotent.key, request: textOf(request, idempotent.body), lockMs };
      const begun = await beginRequest(core, request.application, input);
      if (begun.outcome === "replay") {
        replay(reply, begun.answer);
        return;
      }
      idempotent.claim = begun.claim;
    } catch (error) {
      done(error as FastifyError);
      return;
    }
    done();
  }

  const end: onSendHookHandler = (request, reply, payload, done) => {
    const claim = request.idempotent?.claim;
    if (!request.idempotent || !claim) {
      done(null, payload);
      return;
    }
    request.idempotent.claim = undefined;
    void keepAndSend(claim, reply, payload, done);
  };

  /** The work is done, so its answer is given whether or not it can be kept. */
  async function keepAndSend(
    claim: RequestClaim,
    reply: FastifyReply,
    body: unknown,
    done: (error: null, payload: unknown) => void,
  ): Promise<void> {
    if (isFinal(reply.statusCode) && typeof body === "string") {
      const answer = { status: reply.statusCode, headers: headersOf(reply), body };
      const kept = await finishRequest(core, claim, answer).catch((error: Error) => error.message);
      if (kept !== true) {
        logger.warn({ ...(kept && { reason: kept }) }, "an answer with an Idempotency-Key was not kept");
      }
    } else {
      await Promise.race([releaseRequest(core, claim), delay(RELEASE_WAIT_MS, undefined, { ref: false })]);
    }
    done(null, body);
  }

  app.decorateRequest("idempotent", undefined);
  app.addHook("onRoute", (route) => {
    if (route.method !== "POST") return;
    route.preValidation = [read, ...[route.preValidation ?? []].flat()];
    route.preHandler = [begin, ...[route.preHandler ?? []].flat()];
    route.onSend = [...[route.onSend ?? []].flat(), end];
    route.config = { ...route.config, takesIdempotencyKey: true };
    const response = route.schema?.response ?? {};
    route.schema = {
      ...route.schema,
      response: addProblems(response, "idempotency_in_progress", "idempotency_conflict"),
    };
  });
}

/** The header's lines: Node joins them, so that two keys would look like one. */
function linesOf({ raw: { rawHeaders } }: FastifyRequest): string[] {
  return rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === HEADER);
}

/** The same text for the same request, in whatever order a client writes the fields of its body. */
function textOf({ method, url }: FastifyRequest, body: unknown): string {
  return JSON.stringify([method, url.split("?")[0], body], (_name, value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}

function headersOf(reply: FastifyReply): Record<string, string> {
  const sent = ANSWER_HEADERS.map((name) => [name, reply.getHeader(name)] as const);
  return Object.fromEntries(sent.flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])));
}

/** The serializer leaves the body and its media type as they were. */
const replay = (reply: FastifyReply, { status, headers, body }: StoredAnswer): FastifyReply =>
  reply.code(status).headers(headers).header("idempotency-replayed", "true").serializer(String).send(body);
