import { WatchwordError } from "@watchword/otp-core";
import type { Api } from "../deps.ts";

const NO_OBJECT = "must be a JSON object";
const notAnObject = () =>
  new WatchwordError("invalid_request", `body ${NO_OBJECT}`, { errors: [{ field: "body", message: NO_OBJECT }] });

/**
 * Many clients send `Content-Type: application/json` with no body where none is needed: that is no body, not bad JSON.
 * `null` is a body, and one that no route takes; it is refused here because Fastify validates no body as if it were it.
 */
export function readJsonBodies(app: Api): void {
  const parse = app.getDefaultJsonParser("error", "error");
  app.removeAllContentTypeParsers();
  app.addContentTypeParser<string>("application/json", { parseAs: "string" }, (request, body, done) => {
    if (body === "") done(null, undefined);
    else void parse(request, body, (error, value) => done(error ?? (value === null ? notAnObject() : null), value));
  });
}
