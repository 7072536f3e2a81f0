import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { defaultExclude, defineConfig } from "vitest/config";
import { SummaryReporter } from "./src/summary-reporter.ts";

/** @watchword/* packages load from their sources. */
const conditions = ["watchword-source", "module", "node", "development|production"];
const resolve = { conditions };
const ssr = { resolve: { conditions, externalConditions: conditions } };
const integrationTests = "**/*.integration.test.ts";

export default defineConfig({
  root: fileURLToPath(new URL("../..", import.meta.url)),
  test: {
    // Each worker has a database of Redis for itself, and there are 16.
    maxWorkers: Math.min(availableParallelism(), 15),
    reporters: ["default", new SummaryReporter()],
    projects: [
      {
        resolve,
        ssr,
        test: {
          name: "unit",
          include: ["{apps,packages}/*/src/**/*.test.ts"],
          exclude: [...defaultExclude, integrationTests],
        },
      },
      {
        resolve,
        ssr,
        test: {
          name: "integration",
          include: [integrationTests],
          globalSetup: fileURLToPath(new URL("src/test-redis.ts", import.meta.url)),
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
