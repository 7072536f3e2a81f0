import { type Application, deliveryQueue } from "@watchword/otp-core";
import { z } from "zod";
import type { Api, ApiDeps } from "../deps.ts";
import { problems } from "../schemas/problem.ts";
import { aliveDocs, readyDocs } from "../schemas/service-docs.ts";

/** The queues in which verifications begin, with the longest life of a code that would wait there. */
function firstQueues(applications: readonly Application[]): ReadonlyMap<string, number> {
  const queues = new Map<string, number>();
  for (const { settings } of applications) {
    const [first] = settings.workflow;
    if (!first) continue;
    const queue = deliveryQueue(first.channel, first.carrier);
    queues.set(queue, Math.max(queues.get(queue) ?? 0, settings.expirySeconds));
  }
  return queues;
}

export function health(app: Api, { core, applications }: ApiDeps): void {
  const ok = z.object({ status: z.literal("ok") }).meta({ id: "Ok", description: "That all is well" });
  const alive = {
    tags: ["Service"],
    summary: "The process is alive",
    description: "Whatever else is not: for whoever restarts it.",
    security: [],
    response: { 200: ok },
    docs: aliveDocs,
  };
  app.get("/healthz", { schema: { operationId: "readLiveness", ...alive } }, () => ({ status: "ok" as const }));
  app.get("/health", { schema: { operationId: "readHealth", ...alive } }, () => ({ status: "ok" as const }));
  app.get(
    "/readyz",
    {
      schema: {
        operationId: "readReadiness",
        tags: ["Service"],
        summary: "The process can serve",
        description:
          "Its store answers, and a verification begun now could be sent while its code lives: for whoever sends it requests. Where only the latter does not hold, checks are answered all the same.",
        security: [],
        response: { 200: ok, ...problems("unavailable") },
        docs: readyDocs,
      },
    },
    async () => {
      await core.redis.ping();
      for (const [queue, lifeSeconds] of firstQueues(applications.all())) core.admission?.check(queue, lifeSeconds);
      return { status: "ok" as const };
    },
  );
}
