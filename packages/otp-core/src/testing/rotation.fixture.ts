import { randomBytes, randomUUID } from "node:crypto";
import type { Secret } from "../keyring.ts";
import type { TestCore } from "./core.fixture.ts";
import { startTestCore } from "./verifications.fixture.ts";

/** Nodes of one application, whose secret `older` gives way to `newer`. */
export interface Rotation {
  applicationId: string;
  newer: Secret;
  before: TestCore;
  /** While the new secret is only read. */
  between: TestCore;
  after: TestCore;
  close(): Promise<unknown>;
}

export async function startRotation(): Promise<Rotation> {
  const secret = (kid: string) => ({ kid, key: randomBytes(32) });
  const [older, newer] = [secret("older"), secret("newer")];
  const applicationId = randomUUID();
  const before = await startTestCore({ applicationId, secrets: [older] });
  const between = await startTestCore({ applicationId, secrets: [older, newer] });
  const after = await startTestCore({ applicationId, secrets: [newer, older] });
  const close = () => Promise.all([before, between, after].map((core) => core.close()));
  return { applicationId, newer, before, between, after, close };
}
