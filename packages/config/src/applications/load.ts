import { type Config, ConfigError } from "../load.ts";
import { hashApiKey } from "./api-key.ts";
import type { ApplicationsKnowledge } from "./fields.ts";
import { readApplicationsFile } from "./read.ts";
import { type ApiApplication, apiApplication, type WorkerApplication, workerApplication } from "./resolve.ts";

/** What an application is to each of the processes that know of them. */
export interface ApplicationsByProcess {
  api: ApiApplication;
  worker: WorkerApplication;
}
export type ApplicationsProcess = keyof ApplicationsByProcess;

/** The id of the one application that there is without a file. */
const DEFAULT_ID = "default";

const loaders: {
  [P in ApplicationsProcess]: (config: Config<P>, knowledge: ApplicationsKnowledge) => ApplicationsByProcess[P][];
} = {
  api(config, knowledge) {
    // The brand is the worker's business.
    const only = () => ({ id: DEFAULT_ID, brand: "", api_key_hashes: [hashApiKey(required(config.API_KEY))] });
    const declared = read(config, knowledge) ?? [only()];
    return declared.map((application) => apiApplication(application, config));
  },
  worker(config, knowledge) {
    const only = () => ({ id: DEFAULT_ID, brand: config.BRAND, api_key_hashes: [] });
    const declared = read(config, knowledge) ?? [only()];
    return declared.map((application) => workerApplication(application, config));
  },
};

function required(key: string | undefined): string {
  if (key === undefined) throw new ConfigError([{ variable: "API_KEY", message: "is missing" }]);
  return key;
}

function read(config: Config<"api"> | Config<"worker">, knowledge: ApplicationsKnowledge) {
  if (config.APPLICATIONS_FILE === undefined) return undefined;
  return readApplicationsFile(config.APPLICATIONS_FILE, {
    ...knowledge,
    countriesKnown: config.ALLOWED_COUNTRIES !== undefined,
    pricesKnown: config.PRICES !== undefined,
    production: config.WATCHWORD_ENV === "production",
    voice: config.TELNYX_VOICE_CONNECTION_ID !== undefined,
  });
}

/**
 * The applications of `APPLICATIONS_FILE`, or the one that the environment sets up where there is no file.
 * @throws {ConfigError} with every problem of the file, by JSON path and without a value.
 */
export const loadApplications = <P extends ApplicationsProcess>(
  process: P,
  config: Config<P>,
  knowledge: ApplicationsKnowledge,
): ApplicationsByProcess[P][] => loaders[process](config, knowledge);
