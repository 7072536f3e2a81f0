import type { FastifyReply } from "fastify";
import { BoundedMap } from "./bounded-map.ts";
import type { Refusal, RequestBehaviour } from "./behaviours.ts";
import type { Storm } from "./storm.ts";
import { TelnyxRefusal } from "./telnyx-refusal.ts";
import type { Timers } from "./timers.ts";

const rememberedRefusals = 50_000;

/** What a request leads to once it is not refused. */
interface Effect {
  readonly body: object;
  readonly sendWebhooks: () => Promise<void>;
}

export interface RequestAnswerer {
  /** @param subject the kind of request and its destination, by which refusals are counted */
  readonly answer: (
    reply: FastifyReply,
    subject: string,
    behaviour: RequestBehaviour,
    takeEffect: () => Effect,
  ) => Promise<FastifyReply>;
}

/** Refuses, takes effect and answers as the destination's behaviour wants it, `latencyMs` after the request. */
export function createRequestAnswerer(timers: Timers, latencyMs: number, storm: Storm): RequestAnswerer {
  const refusalCounts = new BoundedMap<string, number>(rememberedRefusals);

  function isRefused(subject: string, times: number): boolean {
    const count = refusalCounts.get(subject) ?? 0;
    if (count >= times) refusalCounts.delete(subject);
    else if (Number.isFinite(times)) refusalCounts.set(subject, count + 1);
    return count < times;
  }

  return {
    async answer(reply, subject, { refusal, answer, webhooks }, takeEffect) {
      const stormy = storm.meet();
      if (stormy) {
        await timers.wait(latencyMs);
        return refuse(reply, stormy);
      }
      if (refusal && isRefused(subject, refusal.times)) {
        await timers.wait(latencyMs);
        return refuse(reply, refusal.answer);
      }
      if (answer === "nothing at all") return reply.hijack();
      const { body, sendWebhooks } = takeEffect();
      if (webhooks === "unruly") await sendWebhooks();
      if (latencyMs > 0) await timers.wait(latencyMs);
      if (answer === "reset") reset(reply);
      else reply.send(body);
      if (webhooks !== "unruly") void sendWebhooks();
      return reply;
    },
  };
}

function refuse(reply: FastifyReply, refusal: Refusal): FastifyReply {
  switch (refusal.kind) {
    case "telnyx": {
      const problem = new TelnyxRefusal({ name: refusal.name });
      if (refusal.retryAfterSeconds !== undefined) reply.header("retry-after", refusal.retryAfterSeconds);
      return reply.code(problem.status).send(problem.body());
    }
    case "html":
      return reply.code(refusal.status).type("text/html").send(refusal.body);
  }
}

/** The client sees ECONNRESET, as if the carrier had died between its work and its answer. */
function reset(reply: FastifyReply): void {
  reply.hijack();
  reply.request.raw.socket.resetAndDestroy();
}
