import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { startSimulator } from "./simulator.fixture.ts";

async function open() {
  const { app } = await startSimulator();
  const response = await app.inject("/phones");
  return {
    html: response.body,
    headers: response.headers,
    policy: String(response.headers["content-security-policy"]),
  };
}

function hashOf(html: string, element: "style" | "script"): string {
  const source = new RegExp(`<${element}>([^]*?)</${element}>`).exec(html)?.[1] ?? "";
  return `'sha256-${createHash("sha256").update(source).digest("base64")}'`;
}

test("the page is HTML whose policy allows its own style and script, and nothing from elsewhere", async () => {
  const { html, headers, policy } = await open();
  expect(headers["content-type"]).toBe("text/html; charset=utf-8");
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain(`style-src ${hashOf(html, "style")};`);
  expect(policy).toContain(`script-src ${hashOf(html, "script")};`);
  expect(policy).not.toContain("unsafe");
});

test("the page loads from no other host and never writes markup", async () => {
  const { html } = await open();
  expect(html).not.toMatch(/(src|href)="(?!data:)/);
  expect(html).not.toMatch(/@import|url\(/);
  expect(html).not.toMatch(/innerHTML|outerHTML|insertAdjacentHTML|document\.write/);
  expect(html).not.toMatch(/ style="| on\w+="/);
});

test("the page shows a first command to try, and every ending with its behaviour", async () => {
  const { html } = await open();
  expect(html).toContain("http://127.0.0.1:3000/v1/verifications");
  expect(html).toContain("Authorization: Bearer ww_dev_key");
  expect(html).toContain(`{"to":"+14155550123"}`);
  for (let ending = 1; ending <= 14; ending += 1) {
    expect(html).toContain(`<th scope="row">${String(ending).padStart(4, "0")}</th>`);
  }
});
