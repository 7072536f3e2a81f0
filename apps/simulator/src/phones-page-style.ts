export const phonesPageStyle: string = String.raw`
:root {
  color-scheme: light dark;
  --ground: #eef1f6;
  --bar: rgb(255 255 255 / 85%);
  --line: #d5dbe6;
  --ink: #171b26;
  --soft: #5a6478;
  --frame: #1c212e;
  --screen: #ffffff;
  --bubble: #edf0f5;
  --call: #f6f1e4;
  --call-ink: #6d5210;
  --accent: #1d4fd8;
  --accent-ground: #dfe8ff;
  --good: #17803d;
  --bad: #b42318;
  --shadow: 0 1px 2px rgb(20 28 48 / 10%), 0 12px 28px -12px rgb(20 28 48 / 30%);
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #0c0f16;
    --bar: rgb(18 22 31 / 85%);
    --line: #2a3140;
    --ink: #e9edf5;
    --soft: #98a3b8;
    --frame: #2c3445;
    --screen: #131824;
    --bubble: #222a3a;
    --call: #2c2718;
    --call-ink: #ecd18a;
    --accent: #93b4ff;
    --accent-ground: #22345f;
    --good: #5fd38b;
    --bad: #ff8f84;
    --shadow: 0 12px 28px -12px rgb(0 0 0 / 80%);
  }
}
* { box-sizing: border-box; }
[hidden] { display: none !important; }
body {
  margin: 0;
  min-height: 100vh;
  background: var(--ground);
  color: var(--ink);
  font: 1rem/1.45 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
}
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
button { font: inherit; color: inherit; cursor: pointer; }
code, pre { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; }
.visually-hidden {
  position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden;
  clip-path: inset(50%); white-space: nowrap;
}

.bar {
  position: sticky; top: 0; z-index: 1;
  display: flex; flex-wrap: wrap; align-items: center; gap: .75rem 1.5rem;
  padding: .9rem clamp(1rem, 4vw, 2.5rem);
  background: var(--bar);
  border-bottom: 1px solid var(--line);
  backdrop-filter: blur(12px);
}
.title { flex: 1 1 14rem; }
.title h1 { margin: 0; font-size: 1.35rem; line-height: 1.2; letter-spacing: -.01em; }
.title p { margin: .1rem 0 0; color: var(--soft); font-size: .875rem; }
.search { display: flex; align-items: center; gap: .6rem; flex: 0 1 auto; min-width: 0; }
.search label { color: var(--soft); font-size: .875rem; white-space: nowrap; }
.search input {
  width: 13rem; min-width: 0; flex: 1;
  padding: .5rem .8rem;
  border: 1px solid var(--line); border-radius: .65rem;
  background: var(--screen); color: inherit; font: inherit; font-variant-numeric: tabular-nums;
}
.connection {
  display: inline-flex; align-items: center; gap: .5rem;
  margin: 0; padding: .3rem .8rem;
  border: 1px solid currentColor; border-radius: 99px;
  color: var(--soft); font-size: .875rem; font-weight: 600;
}
.connection::before { content: ""; width: .55rem; height: .55rem; border-radius: 50%; background: currentColor; }
.connection[data-state="live"] { color: var(--good); }
.connection[data-state="live"]::before { animation: pulse 2.4s ease-in-out infinite; }
.connection[data-state="lost"] { color: var(--bad); }

main { padding: 1.5rem clamp(1rem, 4vw, 2.5rem) 3rem; }
.count { margin: 0 0 1rem; color: var(--soft); font-size: .875rem; font-variant-numeric: tabular-nums; }
.phones { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(18.5rem, 100%), 1fr)); gap: 1.5rem; }

.phone {
  display: flex; flex-direction: column;
  width: 100%; max-width: 26rem; height: 25.5rem; margin: 0 auto;
  padding: .6rem;
  background: var(--frame);
  border-radius: 2.1rem;
  box-shadow: var(--shadow);
}
.screen {
  display: flex; flex-direction: column; flex: 1; min-height: 0;
  background: var(--screen);
  border-radius: 1.6rem;
  overflow: hidden;
}
.screen header { padding: .55rem 1rem .7rem; border-bottom: 1px solid var(--line); text-align: center; }
.screen header::before {
  content: ""; display: block; width: 4.5rem; height: .3rem; margin: 0 auto .6rem;
  border-radius: 99px; background: var(--line);
}
.screen h2 { margin: 0; font-size: 1.05rem; font-variant-numeric: tabular-nums; letter-spacing: .01em; }
.screen header p { margin: 0; color: var(--soft); font-size: .8rem; }
.items {
  flex: 1; min-height: 0; overflow-y: auto; overscroll-behavior: contain;
  margin: 0; padding: 1rem .85rem;
  list-style: none;
  scrollbar-width: thin;
}
.items:focus-visible { outline-offset: -4px; border-radius: 1rem; }
.item { max-width: 92%; margin: 0 0 .95rem; }
.item:last-child { margin-bottom: 0; }
.bubble {
  padding: .6rem .85rem;
  background: var(--bubble);
  border-radius: 1.1rem 1.1rem 1.1rem .3rem;
  overflow-wrap: anywhere; white-space: pre-wrap;
}
.call .bubble { background: var(--call); }
.call .status { display: flex; align-items: center; gap: .5rem; color: var(--call-ink); font-weight: 650; }
.call .status svg { flex: none; width: 1rem; height: 1rem; }
.call blockquote { margin: .4rem 0 0; padding-left: .7rem; border-left: 3px solid var(--call-ink); }
.code {
  margin: 0 .05rem; padding: .02rem .4rem;
  border: 0; border-radius: .4rem;
  background: var(--accent-ground); color: var(--accent);
  font-size: 1.15em; font-weight: 750; letter-spacing: .07em; font-variant-numeric: tabular-nums; white-space: nowrap;
}
.code:hover { text-decoration: underline; }
.origin { color: var(--soft); font-size: .85em; }
.meta { margin: .2rem .4rem 0; color: var(--soft); font-size: .75rem; font-variant-numeric: tabular-nums; }
.item.new .bubble { animation: arrive 2.4s ease-out; }

.notice {
  max-width: 44rem; margin: clamp(1rem, 6vh, 4rem) auto 0; padding: clamp(1.25rem, 4vw, 2.25rem);
  background: var(--screen); border: 1px solid var(--line); border-radius: 1.25rem; box-shadow: var(--shadow);
}
.notice h2 { margin: 0 0 .4rem; font-size: 1.25rem; }
.notice p { margin: 0 0 1rem; color: var(--soft); }
.notice pre {
  margin: 0 0 1rem; padding: 1rem; overflow-x: auto;
  background: var(--bubble); border-radius: .75rem; font-size: .85rem; line-height: 1.6;
}
.notice button {
  padding: .5rem 1rem; border: 0; border-radius: .65rem;
  background: var(--accent); color: var(--screen); font-weight: 600;
}

.endings { max-width: 44rem; margin: 2.5rem auto 0; color: var(--soft); font-size: .9rem; }
.phones:not(:empty) ~ .endings { margin-inline: 0; }
.endings summary { cursor: pointer; width: max-content; max-width: 100%; padding: .25rem; border-radius: .4rem; }
.endings table { width: 100%; margin-top: .75rem; border-collapse: collapse; }
.endings th, .endings td { padding: .4rem .75rem .4rem 0; border-top: 1px solid var(--line); text-align: left; }
.endings thead th { border-top: 0; font-weight: 600; }
.endings tbody th { width: 6rem; color: var(--ink); font-family: ui-monospace, Menlo, Consolas, monospace; }

@keyframes arrive {
  from { background: var(--accent-ground); box-shadow: 0 0 0 3px var(--accent); transform: translateY(.4rem); opacity: 0; }
  12% { transform: none; opacity: 1; }
  55% { background: var(--accent-ground); box-shadow: 0 0 0 3px var(--accent); }
}
@keyframes pulse { 50% { opacity: .35; } }
@media (prefers-reduced-motion: reduce) {
  .connection::before, .item.new .bubble { animation: none !important; }
  .item.new .bubble { outline: 2px solid var(--accent); }
}
@media (max-width: 36rem) {
  .bar { position: static; }
  .search { flex: 1 1 100%; order: 1; }
  .title { flex: 1 1 10rem; }
}
`;
