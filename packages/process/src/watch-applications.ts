import process from "node:process";
import { isDeepStrictEqual } from "node:util";
import {
  type ApplicationsByProcess,
  type ApplicationsProcess,
  type Config,
  ConfigError,
  loadApplications,
} from "@watchword/config";
import { problemOfOwnText } from "@watchword/messages";
import { contextBounds, eventTypes, isKnownCountry, limitBounds } from "@watchword/otp-core";
import type { Logger } from "pino";

export interface WatchApplicationsOptions<A> {
  logger: Logger;
  /** Called with all of them, at once and whenever they have been read anew. */
  use: (applications: readonly A[]) => void;
}

const byId = <A extends { id: string }>(applications: readonly A[]): ReadonlyMap<string, A> =>
  new Map(applications.map((application) => [application.id, application]));

function difference(before: ReadonlyMap<string, unknown>, after: ReadonlyMap<string, unknown>) {
  const ids = [...after.keys()];
  return {
    added: ids.filter((id) => !before.has(id)),
    removed: [...before.keys()].filter((id) => !after.has(id)),
    changed: ids.filter((id) => before.has(id) && !isDeepStrictEqual(before.get(id), after.get(id))),
  };
}

/**
 * The applications of a process as they are declared now.
 * @throws {ConfigError} with every problem of the file.
 */
export const readApplications = <P extends ApplicationsProcess>(
  name: P,
  config: Config<P>,
): ApplicationsByProcess[P][] =>
  loadApplications(name, config, {
    isKnownCountry,
    problemOfOwnText: (text) => problemOfOwnText(text, contextBounds),
    eventTypes,
    limitBounds,
  });

/**
 * Loads the applications of a process, and again on SIGHUP: a file that is not good leaves them as they are.
 * @throws {ConfigError} with every problem of the file, the first time.
 */
export function watchApplications<P extends ApplicationsProcess>(
  name: P,
  config: Config<P>,
  { logger, use }: WatchApplicationsOptions<ApplicationsByProcess[P]>,
): void {
  const file = (config as Config<ApplicationsProcess>).APPLICATIONS_FILE;
  let current = take();
  if (file !== undefined) logger.info({ applications: [...current.keys()] }, "applications loaded");

  process.on("SIGHUP", () => {
    if (file === undefined) return logger.warn("there is no APPLICATIONS_FILE to read again");
    try {
      const before = current;
      current = take();
      logger.info(difference(before, current), "applications loaded again");
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      const problems = error.problems.map(({ variable, message }) => `${variable} ${message}`);
      logger.error({ problems }, "the applications stay as they were: their file is not usable");
    }
  });

  function take(): ReadonlyMap<string, ApplicationsByProcess[P]> {
    const applications = readApplications(name, config);
    use(applications);
    return byId(applications);
  }
}
