import { setTimeout as delay } from "node:timers/promises";
import { createRemoteJWKSet, decodeJwt, jwtVerify } from "jose";
import { ExplainedError } from "../explained-error.ts";
import type { Settings } from "../settings.ts";
import { addressOf } from "../welcome.ts";
import { connect } from "./watchword.ts";

const ARRIVAL_MS = 15_000;
const BETWEEN_MS = 200;

/**
 * Shows one verification from the request to the signed token, against the running local stack.
 * @throws {ExplainedError} at the first step that does not go as it should.
 */
export async function runDemo(settings: Settings, number: string, say: (text: string) => void): Promise<void> {
  refuseRealCarrier(settings);
  const watchword = connect(settings);
  let count = 0;
  const step = (title: string, ...details: string[]) => {
    count += 1;
    say([`${count}. ${title}`, ...details.map((detail) => `     ${detail}`), ""].join("\n"));
  };

  const started = await watchword.start(number);
  step(
    `An application asks Watchword to verify ${number}   POST /v1/verifications {"to":"${number}"}`,
    `verification ${started.id} is ${started.status}, until ${started.expires_at}`,
  );

  const message = await until(`an SMS on the simulated phone ${number}`, async () =>
    (await watchword.phone(number)).messages.at(-1),
  );
  step(`The SMS arrives on the phone   GET /phones/${number} (simulator)`, ...message.text.split("\n"));

  const code = codeIn(message.text, settings.api.OTP_LENGTH);
  const checked = await watchword.check(started.id, code);
  if (!checked.valid || !checked.token)
    throw new ExplainedError(`The code ${code} was not accepted: ${checked.status}`);
  step(
    `The person types ${code}, and the application checks it   POST /v1/verifications/{id}/check {"code":"${code}"}`,
    `valid ${checked.valid}, status ${checked.status}, token ${checked.token.slice(0, 24)}…`,
  );

  step(
    "Any other service can trust the token without asking back   /.well-known/jwks.json",
    ...(await claimsOf(checked.token, watchword.keys)),
  );

  const delivery = await until("the delivery to be confirmed", async () =>
    (await watchword.get(started.id)).deliveries.find(({ status }) => status === "delivered"),
  );
  step(
    "The carrier's signed receipt has confirmed the delivery   GET /v1/verifications/{id}",
    `${delivery.channel} by ${delivery.carrier}: ${delivery.status}`,
  );
  say(`Done. The phones are at ${addressOf(settings.ports, "simulator")}/phones`);
}

/** The demo is for the simulator: it must not send an SMS to anybody. */
function refuseRealCarrier({ worker, ports }: Settings): void {
  const { origin } = new URL(worker.TELNYX_BASE_URL);
  const simulators = [addressOf(ports, "simulator"), `http://localhost:${ports.simulator}`];
  if (!simulators.includes(origin))
    throw new ExplainedError(`TELNYX_BASE_URL is ${origin}, not the simulator: the demo sends nothing there.`);
}

async function until<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  const deadline = Date.now() + ARRIVAL_MS;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new ExplainedError(`Waited ${ARRIVAL_MS / 1000} s in vain for ${what}.`);
    await delay(BETWEEN_MS);
  }
}

/** @throws {ExplainedError} when no run of digits in the text is as long as a code. */
export function codeIn(text: string, length: number): string {
  const code = text.match(/\d+/g)?.find((digits) => digits.length === length);
  if (!code) throw new ExplainedError(`There is no code of ${length} digits in the SMS: ${text}`);
  return code;
}

/** The claims of a token, once its signature has been verified with the API's public keys. */
async function claimsOf(token: string, keys: URL): Promise<string[]> {
  const { iss } = decodeJwt(token);
  const { payload, protectedHeader } = await jwtVerify(token, createRemoteJWKSet(keys), iss ? { issuer: iss } : {});
  return [
    `signature ${protectedHeader.alg} verified with key ${protectedHeader.kid ?? "(unnamed)"}`,
    `issuer ${payload.iss}, audience ${String(payload.aud)}`,
    ...Object.entries(payload)
      .filter(([name]) => name !== "iss" && name !== "aud")
      .map(([name, value]) => `${name}: ${JSON.stringify(value)}`),
  ];
}
