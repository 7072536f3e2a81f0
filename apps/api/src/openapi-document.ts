import { pino } from "pino";
import { buildApi } from "./app.ts";
import type { ApiDeps } from "./deps.ts";

/** The OpenAPI document by itself, of an app that has nothing behind its routes and never serves one. */
export async function openApiDocument(publicUrl: string): Promise<object> {
  const nothing = {
    core: {},
    queues: {},
    telnyx: {},
    applications: { find: () => undefined, all: () => [] },
    logger: pino({ enabled: false }),
  };
  const app = await buildApi({ ...nothing, publicUrl } as unknown as ApiDeps);
  await app.ready();
  const document = app.swagger();
  await app.close();
  return document;
}
