import { ConfigError } from "@watchword/config";
import { fictionalNumber } from "./demo/fictional-number.ts";
import { runDemo } from "./demo/run-demo.ts";
import { ExplainedError } from "./explained-error.ts";
import { homeFromArguments } from "./home.ts";
import { readSettings } from "./settings.ts";

try {
  const settings = readSettings(homeFromArguments(process.argv.slice(2)), process.env);
  await runDemo(settings, fictionalNumber(), (text) => console.log(text));
} catch (error) {
  console.error(error instanceof ExplainedError || error instanceof ConfigError ? error.message : error);
  process.exit(1);
}
