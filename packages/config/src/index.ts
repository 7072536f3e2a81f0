export { hashApiKey, KEY_HASH_PREFIX, makeApiKey } from "./applications/api-key.ts";
export { type ApplicationsByProcess, type ApplicationsProcess, loadApplications } from "./applications/load.ts";
export type { ApiApplication, LimitOverrides, WorkerApplication } from "./applications/resolve.ts";
export { readEnvFile } from "./env-file.ts";
export { type Config, ConfigError, loadConfig, type ReadValues, setVariables } from "./load.ts";
export type { ProcessName } from "./variables.ts";
export type { Secret } from "./values.ts";
