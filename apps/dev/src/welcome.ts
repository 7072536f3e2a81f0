import type { PortName, Ports } from "./ports.ts";
import type { RunningRedis } from "./redis/running-redis.ts";
import type { Settings } from "./settings.ts";
import type { StackState } from "./state.ts";

export const addressOf = (ports: Ports, name: PortName) => `http://127.0.0.1:${ports[name]}`;

const addresses = (ports: Ports, login: string) => [
  `  API         ${addressOf(ports, "api")}`,
  `  Dashboard   ${addressOf(ports, "dashboard")}${login}`,
  `  Phones      ${addressOf(ports, "simulator")}/phones`,
];

/** Quotes a word for a POSIX shell. */
const quoted = (word: string) => `'${word.replaceAll("'", `'\\''`)}'`;

/** What a developer needs to know once the stack is ready. */
export function welcome({ api, dashboard, ports }: Settings, redis: RunningRedis): string {
  const login = `   user ${dashboard.DASHBOARD_USER}, password ${dashboard.DASHBOARD_PASSWORD}`;
  // Of a file of applications only the hashes of the keys are known.
  const key = api.APPLICATIONS_FILE === undefined ? api.API_KEY : "<key>";
  return [
    "",
    "Watchword is ready.",
    "",
    ...addresses(ports, login),
    `  Redis       ${redis.description}`,
    `  API key     ${api.APPLICATIONS_FILE === undefined ? key : "those of APPLICATIONS_FILE"}`,
    "",
    "Start a verification, and see the code arrive on the phones page:",
    "",
    `  curl -s ${addressOf(ports, "api")}/v1/verifications -H ${quoted(`Authorization: Bearer ${key}`)}` +
      ` -H 'Content-Type: application/json' -d '{"to":"+14155550123"}'`,
    "",
    "The whole thing, step by step:  npm run demo",
    "Stop with Ctrl-C.",
    "",
  ].join("\n");
}

/** Said instead of starting a second stack. */
export const alreadyRunning = ({ pid, ports, startedAt }: StackState): string =>
  [
    `Watchword is already running here: pid ${pid}, since ${new Date(startedAt).toLocaleString("sv-SE")}.`,
    ...addresses(ports, ""),
    `Nothing was started. To stop it: Ctrl-C in its terminal, or kill ${pid}`,
  ].join("\n");
