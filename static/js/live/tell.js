// The page's one voice for screen readers: at most one sentence in five seconds.

import { word } from "../words.js";

const PAUSE = 5_000;
const region = document.querySelector("[data-polite]");
let heard = new Map(); // name and value → its change; a value that changes twice is told once, from first to last
let timer;
let last = -PAUSE;

export function tell(changes) {
  for (const change of changes) {
    const key = `${change.name} ${change.key}`;
    heard.set(key, { ...change, was: heard.get(key)?.was ?? change.was });
  }
  if (!heard.size || timer) return;
  timer = setTimeout(speak, Math.max(0, last + PAUSE - performance.now()));
}

function speak() {
  const changes = [...heard.values()];
  const names = new Set(changes.map((change) => change.name));
  heard = new Map();
  timer = undefined;
  last = performance.now();
  if (!region) return;
  region.textContent =
    names.size === 1 ? sentence(changes[0]) : word("many", { n: names.size });
}

const sentence = ({ name, said, was }) => word("one", { name, now: said, was });
