import { loadConfig } from "@watchword/config";
import { expect, test } from "vitest";
import { simulatorPublicKey } from "./signing.ts";

test("the simulator signs with the key that development verifies with", () => {
  expect(loadConfig("api", { WATCHWORD_ENV: "development" }).TELNYX_PUBLIC_KEY).toBe(simulatorPublicKey);
});
