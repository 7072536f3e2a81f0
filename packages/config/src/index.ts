export { readEnvFile } from "./env-file.ts";
export { type Config, ConfigError, loadConfig } from "./load.ts";
export type { ProcessName } from "./variables.ts";
export type { Secret } from "./values.ts";
