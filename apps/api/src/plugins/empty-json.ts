import type { Api } from "../deps.ts";

/** Many clients send `Content-Type: application/json` with no body where none is needed: that is no body, not bad JSON. */
export function acceptEmptyJson(app: Api): void {
  const parse = app.getDefaultJsonParser("error", "error");
  app.removeAllContentTypeParsers();
  app.addContentTypeParser<string>("application/json", { parseAs: "string" }, (request, body, done) => {
    if (body === "") done(null, undefined);
    else void parse(request, body, done);
  });
}
