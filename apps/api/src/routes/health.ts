import { z } from "zod";
import type { Api, ApiDeps } from "../deps.ts";
import { problems } from "../schemas/problem.ts";

export function health(app: Api, { core }: ApiDeps): void {
  const ok = z.object({ status: z.literal("ok") });
  const alive = { schema: { summary: "The process is alive", security: [], response: { 200: ok } } };
  app.get("/healthz", alive, () => ({ status: "ok" as const }));
  app.get("/health", alive, () => ({ status: "ok" as const }));
  app.get(
    "/readyz",
    {
      schema: {
        summary: "The process can serve: Redis answers",
        security: [],
        response: { 200: ok, ...problems(503) },
      },
    },
    async () => {
      await core.redis.ping();
      return { status: "ok" as const };
    },
  );
}
