import { expect, test } from "vitest";
import { homeIn } from "../home.ts";
import { freePort } from "../ports.ts";
import { readSettings } from "../settings.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { codeIn, runDemo } from "./run-demo.ts";

const demo = (env: Record<string, string>) =>
  runDemo(readSettings(homeIn(temporaryFolder()), env), "+14155550142", () => {});

test("sends nothing where the carrier is a real one", async () => {
  await expect(demo({ TELNYX_BASE_URL: "https://api.telnyx.com/v2" })).rejects.toThrow("sends nothing there");
});

test("says how to start the stack when it is not running", async () => {
  await expect(demo({ API_PORT: String(await freePort()) })).rejects.toThrow("Start it with: npm start");
});

test("takes the digits that are as long as a code for the code", () => {
  expect(codeIn("Watchword 2026: your code is 123456. It is valid for 5 minutes.", 6)).toBe("123456");
  expect(() => codeIn("no code here 12", 6)).toThrow("no code of 6 digits");
});
