/** An error whose message is written for the person at the terminal and says it all: no stack is shown. */
export class ExplainedError extends Error {
  override name = "ExplainedError";
}
