import { z } from "zod";
import type { Api, ApiDeps } from "../deps.ts";
import { problems } from "../schemas/problem.ts";
import { aliveDocs, readyDocs } from "../schemas/service-docs.ts";

export function health(app: Api, { core }: ApiDeps): void {
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
        description: "Its store answers: for whoever sends it requests.",
        security: [],
        response: { 200: ok, ...problems("unavailable") },
        docs: readyDocs,
      },
    },
    async () => {
      await core.redis.ping();
      return { status: "ok" as const };
    },
  );
}
