import type { SendingApplication } from "@watchword/otp-core";
import type { Logger } from "pino";
import type { WorkerDeps } from "./app.ts";
import type { Sayings } from "./jobs/deliver-sms.ts";

/** An application as a worker needs it. */
interface Application extends SendingApplication, Sayings {
  webhook: { url: string; secrets: readonly Buffer[]; events: readonly string[] | undefined } | undefined;
}

export interface Applications {
  /** Takes these instead, all at once. */
  use(applications: readonly Application[]): void;
  /** What a worker asks of them. */
  deps: Pick<WorkerDeps, "limitedApplication" | "sayings" | "eventsOf" | "webhook">;
}

/** The applications that this worker has read. One that it has not may be known to another, or here after a SIGHUP. */
export function createApplications(logger: Logger): Applications {
  let byId: ReadonlyMap<string, Application> = new Map();
  let missed = new Set<string>();

  function find(id: string): Application | undefined {
    const application = byId.get(id);
    if (!application && !missed.has(id)) {
      missed.add(id);
      logger.warn(
        { application: id },
        "unknown application: its messages, calls and events wait for SIGHUP, or for a worker that has read it",
      );
    }
    return application;
  }

  return {
    use(applications) {
      byId = new Map(applications.map((application) => [application.id, application]));
      missed = new Set();
    },
    deps: {
      limitedApplication: find,
      sayings: find,
      eventsOf(id) {
        const application = find(id);
        if (!application) return "unknown";
        return application.webhook && (application.webhook.events ?? "all");
      },
      webhook: (id) => find(id)?.webhook,
    },
  };
}
