/** In the browser: the element of a message or a call. Their words go in as text nodes only, never as markup. */
export const phonesPageItems: string = String.raw`
const byId = (id) => document.getElementById(id);

function make(tag, className, ...children) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...children);
  return element;
}

function timeElement(instant) {
  const date = new Date(instant);
  const time = make("time", "", date.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit" }));
  time.dateTime = instant;
  time.title = date.toLocaleString();
  return time;
}

function messageElement({ text, from, at: instant }) {
  return make(
    "li",
    "item message",
    make("div", "bubble", ...textNodes(text)),
    make("p", "meta", "from " + from + " · ", timeElement(instant)),
  );
}

const callStatuses = {
  ringing: "Ringing…",
  answered: "On the line",
  machine: "Answering machine picked up",
  busy: "Busy",
  unanswered: "Nobody answered",
  canceled: "Hung up before it was answered",
  completed: "Call ended",
};

function callElement({ status, spoken, at: instant }) {
  const icon = byId("call-icon").content.firstElementChild.cloneNode(true);
  const bubble = make("div", "bubble", make("div", "status", icon, callStatuses[status] ?? status));
  for (const payload of spoken) bubble.append(make("blockquote", "", ...withCode(payload, spokenCode(payload))));
  return make("li", "item call", bubble, make("p", "meta", "call · ", timeElement(instant)));
}

// The origin-bound last line: @host #code
const originLine = /(^|\n)(@[^\s#]+ #(\S+)[^\n]*)\s*$/;
function textNodes(text) {
  const origin = originLine.exec(text);
  if (!origin) return withCode(text, plainCode(text));
  const body = text.slice(0, origin.index + origin[1].length);
  const code = body.includes(origin[3]) ? origin[3] : plainCode(body);
  return [...withCode(body, code), make("span", "origin", origin[2])];
}

function plainCode(text) {
  return /(?<![\d+])(\d{4,10}|\d{3}[ -]\d{3})(?!\d)/.exec(text)?.[0];
}
// Spoken one by one: "1, 2, 3" or "1 2 3", or between SSML tags.
function spokenCode(payload) {
  return /(?<!\d)\d(?:[\s,.;-]+\d){3,9}(?!\d)/.exec(payload)?.[0] ?? plainCode(payload);
}

function withCode(text, code) {
  if (!code) return [text];
  const start = text.indexOf(code);
  const button = make("button", "code", code);
  button.type = "button";
  const digits = /^\d/.test(code) ? code.replaceAll(/\D/g, "") : code;
  button.title = "Copy " + digits;
  button.setAttribute("aria-label", "Code " + code + ", copy");
  button.dataset.copy = digits;
  return [text.slice(0, start), button, text.slice(start + code.length)];
}
`;
