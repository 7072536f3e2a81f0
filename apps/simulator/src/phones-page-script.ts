import { phonesPageItems } from "./phones-page-items.ts";

/** In the browser: follows `/phones/events` and shows the most recent phones, newest activity first. */
export const phonesPageScript: string = String.raw`
"use strict";
${phonesPageItems}
const shownPhones = 50;
const shownItems = 200;
const announceEveryMs = 1500;
const highlightMs = 2600;

const grid = byId("phones");
const filter = byId("filter");

// The model: newest phone last, as a Map keeps them. It is bounded, so a hidden tab does not grow.
const phones = new Map();
const cards = new Map();
const changed = new Set();
const toScroll = new Set();
let isRenderDue = false;

function touch(number) {
  const phone = phones.get(number) ?? { number, items: new Map() };
  phones.delete(number);
  phones.set(number, phone);
  if (phones.size > shownPhones) {
    const oldest = phones.keys().next().value;
    phones.delete(oldest);
    changed.add(oldest);
  }
  changed.add(number);
  return phone;
}

function put(number, item) {
  const { items } = touch(number);
  items.set(item.id, item);
  if (items.size > shownItems) items.delete(items.keys().next().value);
  if (!isRenderDue) {
    isRenderDue = true;
    requestAnimationFrame(render);
  }
}

const asMessage = (message, isNew) => ({ id: "message " + message.id, kind: "message", isNew, ...rest(message) });
const asCall = (call, isNew) => ({ id: "call " + call.id, kind: "call", isNew, ...rest(call) });
function rest(entry) {
  const { id, ...others } = entry;
  return others;
}

function replaceAll(snapshot) {
  phones.clear();
  cards.clear();
  grid.replaceChildren();
  for (const { number, messages, calls } of snapshot.phones.toReversed()) {
    const items = [...messages.map((message) => asMessage(message, false)), ...calls.map((call) => asCall(call, false))];
    items.sort((one, other) => Date.parse(one.at) - Date.parse(other.at));
    for (const item of items) put(number, item);
  }
  render();
}

function render() {
  isRenderDue = false;
  for (const number of changed) {
    const phone = phones.get(number);
    if (phone) renderPhone(phone);
    else {
      cards.get(number)?.root.remove();
      cards.delete(number);
    }
  }
  changed.clear();
  [...phones.keys()].toReversed().forEach((number, index) => {
    const { root } = cards.get(number);
    const occupant = grid.children[index];
    if (occupant !== root) move(root, occupant ?? null);
  });
  applyFilter();
}

// moveBefore, where there is one, keeps focus and scroll position.
function move(root, before) {
  if (grid.moveBefore) grid.moveBefore(root, before);
  else grid.insertBefore(root, before);
}

function renderPhone({ number, items }) {
  const card = cards.get(number) ?? createCard(number);
  const isAtEnd = card.list.scrollHeight - card.list.scrollTop - card.list.clientHeight < 40;
  for (const [id, shown] of card.items) {
    if (!items.has(id)) {
      shown.element.remove();
      card.items.delete(id);
    }
  }
  for (const [id, item] of items) {
    const shown = card.items.get(id);
    if (shown?.item === item) continue;
    const element = item.kind === "message" ? messageElement(item) : callElement(item);
    if (item.isNew) highlight(element);
    if (shown) shown.element.replaceWith(element);
    else card.list.append(element);
    card.items.set(id, { item, element });
  }
  card.summary.textContent = summary(items);
  if (isAtEnd) toScroll.add(card.list);
}

function highlight(element) {
  element.classList.add("new");
  setTimeout(() => element.classList.remove("new"), highlightMs);
}

function createCard(number) {
  const root = byId("phone-template").content.firstElementChild.cloneNode(true);
  const [heading, summaryLine, list] = ["h2", "header p", ".items"].map((selector) => root.querySelector(selector));
  heading.textContent = number;
  heading.id = "phone " + number;
  root.setAttribute("aria-label", "Phone " + number);
  list.setAttribute("aria-label", "Messages and calls of " + number);
  const card = { root, list, summary: summaryLine, items: new Map() };
  cards.set(number, card);
  grid.append(root);
  return card;
}

function summary(items) {
  const kinds = [...items.values()].map(({ kind }) => kind);
  const messages = kinds.filter((kind) => kind === "message").length;
  const calls = kinds.length - messages;
  const count = (many, word) => (many === 0 ? [] : [many + " " + word + (many === 1 ? "" : "s")]);
  return [...count(messages, "message"), ...count(calls, "call")].join(" · ");
}

function applyFilter() {
  const wanted = filter.value.replaceAll(/\D/g, "");
  let visible = 0;
  for (const [number, { root, list }] of cards) {
    const isShown = number.includes(wanted);
    // A list that was hidden has lost its place.
    if (isShown && root.hidden) toScroll.add(list);
    root.hidden = !isShown;
    if (isShown) visible += 1;
  }
  for (const list of toScroll) list.scrollTop = list.scrollHeight;
  toScroll.clear();
  showCount(visible);
}

function showCount(visible) {
  const hasPhones = cards.size > 0;
  byId("empty").hidden = hasPhones;
  byId("no-match").hidden = !hasPhones || visible > 0;
  byId("count").hidden = !hasPhones;
  const of = visible === cards.size ? "" : " of " + cards.size;
  byId("count").textContent = visible + of + (cards.size === 1 ? " phone" : " phones") + ", newest activity first";
}
filter.addEventListener("input", applyFilter);

// For those who listen: the newest arrival only, and not more often than one can follow.
let announcement = "";
function announce(words) {
  if (!announcement) {
    setTimeout(() => {
      byId("announcer").textContent = announcement;
      announcement = "";
    }, announceEveryMs);
  }
  announcement = words;
}

document.addEventListener("click", async ({ target }) => {
  const button = target.closest("[data-copy]");
  if (!button) return;
  const label = button.textContent;
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
    announce("Copied");
    if (button.id === "copy-curl") {
      button.textContent = "Copied";
      setTimeout(() => { button.textContent = label; }, 1500);
    }
  } catch {
    announce("Copying is not possible here");
  }
});
byId("copy-curl").dataset.copy = byId("curl").textContent;

function show(state, words) {
  const indicator = byId("connection");
  if (indicator.dataset.state === state) return;
  indicator.dataset.state = state;
  indicator.textContent = words;
}

let retryMs = 500;
function connect() {
  const source = new EventSource("/phones/events");
  source.addEventListener("open", () => {
    retryMs = 500;
    show("live", "Live");
  });
  source.addEventListener("snapshot", ({ data }) => replaceAll(JSON.parse(data)));
  source.addEventListener("message", ({ data }) => {
    const { number, message } = JSON.parse(data);
    put(number, asMessage(message, true));
    announce("Message to " + number + ": " + message.text);
  });
  source.addEventListener("call", ({ data }) => {
    const { number, call } = JSON.parse(data);
    put(number, asCall(call, true));
    announce("Call to " + number + ": " + (callStatuses[call.status] ?? call.status));
  });
  source.addEventListener("error", () => {
    show("lost", "Disconnected, trying again…");
    source.close();
    setTimeout(connect, retryMs);
    retryMs = Math.min(retryMs * 2, 5000);
  });
}
connect();
`;
