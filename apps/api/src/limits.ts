import { isIP } from "node:net";
import { parseArgs } from "node:util";
import {
  createKeyring,
  isKnownCountry,
  isPolicyName,
  liftLimit,
  listDecisions,
  normalizePhoneNumber,
  policyNames,
} from "@watchword/otp-core";
import { limitSettings, readApplications, runCommand, withLimits, withRedis } from "@watchword/process";

const USAGE = `What limits have refused, and the way out.

  limits list [--application default] [--count 50]
  limits lift --number +14155550123                   unlocks a number: its wrong codes and its requests are forgotten
  limits lift --policy <name> --number +14155550123   number-15m, number-voice-1h, ...: its requests; number-lock: its lock
  limits lift --policy <name> --country GB            country-1h, country-24h, country-voice-1h, ..., breaker-country
  limits lift --policy <name> --number +14155550123   prefix, sweep, breaker-prefix: of the numbers around it
  limits lift --policy address --client-ip 203.0.113.9
  limits lift --policy <name>                         application-1h, application-24h, budget

Every form takes --application. It has the settings of the API.
`;

const options = {
  application: { type: "string", default: "default" },
  count: { type: "string" },
  policy: { type: "string" },
  number: { type: "string" },
  country: { type: "string" },
  "client-ip": { type: "string" },
  help: { type: "boolean", short: "h" },
} as const;

const SHOWN = 50;
const MOST_SHOWN = 1000;
/** What a limit is lifted for. */
const TARGET = ["policy", "number", "country", "client-ip"] as const;

runCommand("api", async (config, args, say) => {
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
  if (values.help) {
    say(USAGE.trimEnd());
    return;
  }
  const [action, ...rest] = positionals;
  if ((action !== "list" && action !== "lift") || rest.length > 0) throw new Error(USAGE);
  const unheeded = (action === "list" ? TARGET : (["count"] as const)).find((name) => values[name] !== undefined);
  if (unheeded) throw new Error(`limits ${action} takes no --${unheeded}`);
  const count = Number(values.count ?? SHOWN);
  if (!Number.isInteger(count) || count < 1 || count > MOST_SHOWN)
    throw new Error(`--count must be a whole number from 1 to ${MOST_SHOWN}`);
  if (values.policy !== undefined && values.policy !== "budget" && !isPolicyName(values.policy))
    throw new Error(`There is no policy ${values.policy}; there are ${policyNames.join(", ")} and budget`);
  const number = values.number === undefined ? undefined : normalizePhoneNumber(values.number, "--number");
  const country = values.country?.toUpperCase();
  if (country !== undefined && !isKnownCountry(country))
    throw new Error(`--country must be a country by ISO 3166, such as GB: ${country} is none`);
  const clientIp = values["client-ip"];
  if (clientIp !== undefined && isIP(clientIp) === 0)
    throw new Error("--client-ip must be an address such as 203.0.113.9");
  if (action === "lift" && values.policy === undefined && number === undefined) throw new Error(USAGE);
  const applications = withLimits(readApplications("api", config), limitSettings(config));
  const application = applications.find(({ id }) => id === values.application);
  if (!application)
    throw new Error(
      `There is no application ${values.application}; there are ${applications.map(({ id }) => id).join(", ")}`,
    );

  await withRedis(config.REDIS_URL, async (redis) => {
    const context = { redis, keyring: createKeyring(config.WATCHWORD_SECRETS) };
    if (action === "list") {
      const decisions = await listDecisions(context, application.id, count);
      for (const { at, mode, policy, country, to } of decisions) {
        say(`${at.toISOString()}  ${mode.padEnd(7)}  ${policy.padEnd(18)}  ${country.padEnd(2)}  ${to}`);
      }
      if (decisions.length === 0) say(`No limit of the application ${application.id} has decided against anything.`);
      return;
    }
    const target = { policy: values.policy, number, country, clientIp };
    const lifted = await liftLimit(context, application, target);
    say(lifted > 0 ? "Lifted." : "Nothing stood against it.");
  });
});
