import { createHash } from "node:crypto";
import { endings } from "./behaviours.ts";
import { phonesPageScript } from "./phones-page-script.ts";
import { phonesPageStyle } from "./phones-page-style.ts";

const curl = `curl http://127.0.0.1:3000/v1/verifications \\
  -H 'Authorization: Bearer ww_dev_key' \\
  -H 'Content-Type: application/json' \\
  -d '{"to":"+14155550123"}'`;

const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect x="3.5" y=".5" width="9" height="15" rx="2" fill="#1d4fd8"/><rect x="5" y="3" width="6" height="8" rx=".5" fill="#fff"/></svg>`;

const endingRows = endings
  .map(({ ending, says }) => `<tr><th scope="row">${ending}</th><td>${escapeText(says)}</td></tr>`)
  .join("");

/** A page that shows the phones live. Self-contained: it asks for nothing but `/phones/events`. */
export const phonesPage: string = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Phones · Watchword simulator</title>
<link rel="icon" href="data:image/svg+xml,${encodeURIComponent(icon)}">
<style>${phonesPageStyle}</style>
</head>
<body>
<header class="bar">
  <div class="title">
    <h1>Phones</h1>
    <p>Carrier simulator. Nothing here reaches a real phone.</p>
  </div>
  <div class="search">
    <label for="filter">Filter by number</label>
    <input id="filter" type="search" inputmode="tel" autocomplete="off" spellcheck="false" placeholder="+1 415 555">
  </div>
  <p class="connection" id="connection" role="status" data-state="connecting">Connecting…</p>
</header>
<main>
  <p class="count" id="count" hidden></p>
  <div class="phones" id="phones"></div>
  <section class="notice" id="no-match" hidden>
    <h2>No such phone here</h2>
    <p>None of the most recent numbers contains these digits.</p>
  </section>
  <section class="notice" id="empty" hidden>
    <h2>No phone has rung yet</h2>
    <p>Messages and calls appear here as they arrive. Ask the API for a verification to see the first one:</p>
    <pre tabindex="0" role="region" aria-label="Command to try"><code id="curl">${escapeText(curl)}</code></pre>
    <button type="button" id="copy-curl" data-copy="">Copy command</button>
  </section>
  <details class="endings">
    <summary>Numbers with a behaviour of their own</summary>
    <table>
      <thead><tr><th scope="col">Ends in</th><th scope="col">What happens</th></tr></thead>
      <tbody>${endingRows}</tbody>
    </table>
  </details>
</main>
<p class="visually-hidden" id="announcer" aria-live="polite"></p>
<template id="phone-template"><article class="phone"><div class="screen">
  <header><h2></h2><p></p></header>
  <ol class="items" tabindex="0"></ol>
</div></article></template>
<template id="call-icon"><svg viewBox="0 0 16 16" fill="currentColor" aria-hidden="true"><path d="M4.2 1 6.6 1.6 7.3 5 5.6 6.3a9 9 0 0 0 4.1 4.1L11 8.7l3.4.7.6 2.4c.1.5-.1 1-.5 1.3-.8.6-1.8.9-2.9.9C6.600 14 2 9.400 2 4.400c0-1.100.300-2.100.900-2.900C3.200 1.100 3.700.900 4.200 1Z"/></svg></template>
<script>${phonesPageScript}</script>
</body>
</html>
`;

/** The page's Content-Security-Policy: its own style and script by hash, and no host but its own. */
export const phonesPagePolicy: string = [
  "default-src 'none'",
  `style-src '${hash(phonesPageStyle)}'`,
  `script-src '${hash(phonesPageScript)}'`,
  "connect-src 'self'",
  "img-src data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

function hash(source: string): string {
  return `sha256-${createHash("sha256").update(source).digest("base64")}`;
}

function escapeText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
