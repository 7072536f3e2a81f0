import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Browser } from "playwright-core";
import { startTestApi } from "../testing/api.fixture.ts";
import { chromiumPath, launchBrowser } from "../testing/browser.fixture.ts";
import { readDocument } from "../testing/documented.fixture.ts";

const { app } = await startTestApi();
await app.listen({ host: "127.0.0.1", port: 0 });
const origin = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;

/** What a page refers to, as the page would fetch it. */
const references = (html: string, url: string) =>
  [...html.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, to = ""]) => new URL(to, `${origin}${url}`));

describe.each(["/docs", "/docs/"])("GET %s", (url) => {
  test("200 without a key, called Watchword", async () => {
    const answer = await app.inject(url);
    expect(answer.statusCode).toBe(200);
    expect(answer.headers["content-type"]).toBe("text/html; charset=utf-8");
    expect(answer.body).toContain("<title>Watchword</title>");
  });

  test("refers to nothing but the service itself, and all of it is there", async () => {
    const { body } = await app.inject(url);
    const found = references(body, url);
    expect(found.length).toBeGreaterThan(5);
    for (const { origin: from, pathname } of found) {
      expect(from).toBe(origin);
      expect((await app.inject(pathname)).statusCode, pathname).toBe(200);
    }
  });

  test("lets the browser load and do nothing else, on the page and on all that belongs to it", async () => {
    const { body } = await app.inject(url);
    for (const path of [url, ...references(body, url).map(({ pathname }) => pathname)]) {
      const { headers } = await app.inject(path);
      expect(headers["content-security-policy"]).toBe(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      );
      expect(headers).toMatchObject({ "x-content-type-options": "nosniff", "referrer-policy": "no-referrer" });
    }
  });
});

test("a file that is not there is a 404, also outside of the folder", async () => {
  for (const path of ["/docs/static/x.js", "/docs/static/..%2f..%2fpackage.json", "/docs/static/%2e%2e/package.json"]) {
    expect((await app.inject(path)).statusCode).toBe(404);
  }
});

// Where there is no browser the pages are held to their policy by the tests above alone.
describe.skipIf(chromiumPath === undefined)("in a browser", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser(chromiumPath as string);
  });
  afterAll(() => browser.close());

  test("shows every operation, asks nobody else, and has nothing to complain about", async () => {
    const page = await browser.newPage();
    const complaints: string[] = [];
    const asked = new Set<string>();
    page.on("console", (message) => complaints.push(message.text()));
    page.on("pageerror", ({ message }) => complaints.push(message));
    page.on("request", (request) => asked.add(new URL(request.url()).origin));
    await page.goto(`${origin}/docs`, { waitUntil: "networkidle" });

    await page.locator(".opblock").first().waitFor();
    const { document, operations } = await readDocument(app);
    const text = await page.locator("body").innerText();
    for (const path of Object.keys(document.paths)) expect(text.replaceAll("\u200b", "")).toContain(path);
    for (const { summary } of operations.values()) expect(text).toContain(summary);
    await page.locator("#operations-Verifications-startVerification button").first().click();
    await page.getByText("invalid_phone_number", { exact: true }).last().waitFor();
    for (const response of ["202", "400", "429", "503"]) {
      expect(await page.locator(`tr.response[data-code="${response}"]`).count()).toBe(1);
    }

    expect(complaints).toEqual([]);
    expect([...asked]).toEqual([origin]);
    expect(text).not.toMatch(/swagger|smartbear|fastify/i);
    await page.close();
  });

  test("is as wide as a phone", async () => {
    const page = await browser.newPage({ viewport: { width: 390, height: 800 } });
    await page.goto(`${origin}/docs`, { waitUntil: "networkidle" });
    await page.locator(".opblock").first().waitFor();
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(390);
    await page.close();
  });
});
