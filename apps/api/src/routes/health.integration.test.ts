import { describe, expect, test } from "vitest";
import { startTestApi } from "../testing/api.fixture.ts";

const { app } = await startTestApi();

describe("GET", () => {
  test.each(["/health", "/healthz", "/readyz"])("%s: 200 without a key", async (url) => {
    const answer = await app.inject(url);
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toEqual({ status: "ok" });
  });
});
