import { API_KEY } from "../chaos/api-client.ts";
import { CODE_DIGITS } from "./application.fixture.ts";

interface Answer {
  status: number;
  body: Record<string, unknown>;
}

interface Phone {
  messages: { text: string }[];
  calls: { status: string; spoken: string[] }[];
}

/** An application and the people whose numbers it verifies; `answers` is every word of what it was told. */
export interface Client {
  ask(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  start(to: string, more?: object, headers?: Record<string, string>): Promise<string>;
  check(id: string, code: string, more?: object): Promise<Record<string, unknown>>;
  phone(number: string): Promise<Phone>;
  press(number: string, digits: string): Promise<void>;
  /** The code on a phone, by message or by call; undefined while there is none. */
  codeOn(number: string): Promise<string | undefined>;
  answers(): string;
}

export function createClient(api: string, simulator: string): Client {
  const answers: string[] = [];
  const client: Client = {
    async ask(method, path, body, headers = {}) {
      const response = await fetch(`${api}${path}`, {
        method,
        headers: { authorization: `Bearer ${API_KEY}`, ...(body !== undefined && json), ...headers },
        ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
      });
      const text = await response.text();
      answers.push(JSON.stringify([...response.headers]), text);
      return { status: response.status, body: text.startsWith("{") ? JSON.parse(text) : {} };
    },
    async start(to, more = {}, headers = {}) {
      const { status, body } = await client.ask("POST", "/v1/verifications", { to, ...more }, headers);
      if (status >= 300) throw new Error(`a start is answered ${status}: ${JSON.stringify(body)}`);
      return String(body["id"]);
    },
    async check(id, code, more = {}) {
      return (await client.ask("POST", `/v1/verifications/${id}/check`, { code, ...more })).body;
    },
    async phone(number) {
      return (await (await fetch(`${simulator}/phones/${encodeURIComponent(number)}`)).json()) as Phone;
    },
    async press(number, digits) {
      const url = `${simulator}/phones/${encodeURIComponent(number)}/keys`;
      await fetch(url, { method: "POST", headers: json, body: JSON.stringify({ digits }) });
    },
    async codeOn(number) {
      const { messages, calls } = await client.phone(number);
      const texts = [...messages.map(({ text }) => text), ...calls.flatMap(({ spoken }) => spoken)];
      const pattern = new RegExp(`\\d(?:(?:, )?\\d){${CODE_DIGITS - 1}}`);
      return texts.map((text) => pattern.exec(text)?.[0].replaceAll(/\D/g, "")).find((code) => code !== undefined);
    },
    answers: () => answers.join("\n"),
  };
  return client;
}

const json = { "content-type": "application/json" };
