// `npm run limits`: the API's command with the same arguments, on the Redis of the local stack where none is configured.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { ConfigError } from "@watchword/config";
import { homeIn, repository } from "./home.ts";
import { operatorEnvironment } from "./limits/environment.ts";

try {
  const program = join(repository, "apps", "api", "src", "limits.ts");
  const { status, error } = spawnSync(
    process.execPath,
    ["--conditions=watchword-source", program, ...process.argv.slice(2)],
    { env: await operatorEnvironment(homeIn(repository), process.env), stdio: "inherit" },
  );
  if (error) throw error;
  process.exitCode = status ?? 1;
} catch (error) {
  console.error(error instanceof ConfigError ? error.message : error);
  process.exitCode = 1;
}
