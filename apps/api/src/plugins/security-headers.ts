import type { Api } from "../deps.ts";

/** What browsers are told of every answer: it is data, for whoever asked and for nobody else (OWASP ASVS 5.0, 3.4). */
const always = {
  "cache-control": "no-store",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
} as const;

export type SecurityHeaders = Readonly<Record<string, string>>;

/** @param publicUrl where the service is reached; over https it stays there, subdomains included. */
export const securityHeaders = (publicUrl: string): SecurityHeaders =>
  publicUrl.startsWith("https:")
    ? { ...always, "strict-transport-security": "max-age=31536000; includeSubDomains" }
    : always;

/** Set once per reply and from one table: a chain of middleware for the same fields costs a request several times as much. */
export function sendSecurityHeaders(app: Api, headers: SecurityHeaders): void {
  app.addHook("onRequest", (_request, reply, done) => {
    void reply.headers(headers);
    done();
  });
}
