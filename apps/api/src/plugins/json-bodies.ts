import type { IncomingHttpHeaders } from "node:http";
import { MIMEType } from "node:util";
import { WatchwordError } from "@watchword/otp-core";
import type { Api } from "../deps.ts";
import { UnsupportedBody } from "./problems.ts";

/** UTF-8 is the one encoding of JSON between systems (RFC 8259 section 8.1); US-ASCII is a part of it. */
const CHARSETS: ReadonlySet<string> = new Set(["utf-8", "utf8", "us-ascii"]);

const isPlain = (coding: string) => coding.trim() === "" || coding.trim().toLowerCase() === "identity";

/** Why a body cannot be read as it is: it is packed, or not of an encoding that is taken. */
function unreadable({ "content-encoding": coding, "content-type": type }: IncomingHttpHeaders): string | undefined {
  if (coding !== undefined && !coding.split(",").every(isPlain)) return "Send the body as it is, without a coding.";
  // Most clients name no parameters, and to parse a type takes its time.
  if (type === undefined || !type.includes(";")) return undefined;
  try {
    const charset = new MIMEType(type).params.get("charset");
    return charset === null || CHARSETS.has(charset.toLowerCase()) ? undefined : "Send the body in UTF-8.";
  } catch {
    return "Send the body as application/json.";
  }
}

const NO_OBJECT = "must be a JSON object";
const notAnObject = () =>
  new WatchwordError("invalid_request", `body ${NO_OBJECT}`, { errors: [{ field: "body", message: NO_OBJECT }] });

function isJson(body: string): boolean {
  try {
    JSON.parse(body);
    return true;
  } catch {
    return false;
  }
}

/**
 * Reads JSON, with words of ours for what is not taken. Many clients send `Content-Type: application/json` with no body
 * where none is needed: that is no body, not bad JSON. `null` is a body, and one that no route takes; it is refused here
 * because Fastify validates no body as if it were it.
 */
export function readJsonBodies(app: Api): void {
  const parse = app.getDefaultJsonParser("error", "error");
  app.removeAllContentTypeParsers();
  app.addContentTypeParser<string>("application/json", { parseAs: "string" }, (request, body, done) => {
    const problem = unreadable(request.headers);
    if (body === "") {
      done(null, undefined);
    } else if (problem !== undefined) {
      done(new UnsupportedBody(problem));
    } else {
      void parse(request, body, (error, value) => {
        // What is JSON and yet refused would set a prototype, were it copied carelessly.
        const poisoned = error !== null && isJson(body);
        const named = "The body has a field that is not taken by its name: __proto__, or a constructor's prototype.";
        const refused = poisoned ? new WatchwordError("invalid_request", named) : error;
        done(refused ?? (value === null ? notAnObject() : null), value);
      });
    }
  });
}
