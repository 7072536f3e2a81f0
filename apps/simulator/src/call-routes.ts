import type { FastifyInstance } from "fastify";
import type { RequestAnswerer } from "./answer-request.ts";
import { callBehaviour } from "./behaviours.ts";
import { dialAnswer } from "./call.ts";
import { dialRequest, gatherRequest, hangupRequest, speakRequest } from "./call-requests.ts";
import type { Exchange } from "./exchange.ts";
import { parseRequest } from "./parse-request.ts";

export interface CallRoutesOptions {
  readonly answerer: RequestAnswerer;
  readonly exchange: Exchange;
}

interface CallParams {
  Params: { callControlId: string };
}

const commandAnswer = { data: { result: "ok" } };

export function callRoutes(app: FastifyInstance, { answerer, exchange }: CallRoutesOptions): void {
  app.post("/calls", (request, reply) => {
    const parsed = parseRequest(dialRequest, request.body);
    return answerer.answer(reply, `call to ${parsed.to}`, callBehaviour(parsed.to), () => {
      const { call, isRepeated } = exchange.dial(parsed);
      return { body: dialAnswer(call), sendWebhooks: async () => (isRepeated ? undefined : exchange.ring(call)) };
    });
  });

  app.post<CallParams>("/calls/:callControlId/actions/speak", async ({ params, body }) => {
    exchange.speak(params.callControlId, parseRequest(speakRequest, body));
    return commandAnswer;
  });

  app.post<CallParams>("/calls/:callControlId/actions/gather_using_speak", async ({ params, body }) => {
    exchange.gatherUsingSpeak(params.callControlId, parseRequest(gatherRequest, body));
    return commandAnswer;
  });

  app.post<CallParams>("/calls/:callControlId/actions/hangup", async ({ params, body }) => {
    exchange.hangUp(params.callControlId, parseRequest(hangupRequest, body));
    return commandAnswer;
  });
}
