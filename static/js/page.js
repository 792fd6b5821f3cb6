// Small comforts of every page. Without this file all of it still works: slower, or by hand.

import { icon, now, word } from "./words.js";

const typing = (target) => target.closest("input, select, textarea, [contenteditable]");

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") return closeOpen();
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || !singleKeys()) return;
  if (event.key === "/") focusOn(event, document.querySelector("[data-search]"));
  if (event.key === "?") document.querySelector("[data-keys]")?.showModal();
  if (Date.now() < goingUntil) goTo(event);
  goingUntil = event.key === "g" ? Date.now() + 1500 : 0;
  if (event.key === "j" || event.key === "k") walk(event, event.key === "j" ? 1 : -1);
  if (event.key === "x") document.activeElement.closest("tr, li")?.querySelector("input[type=checkbox]")?.click();
  openBy(event);
});

/** `g` and a letter go where the list of keys has a link for it. */
let goingUntil = 0;
const goTo = (event) => document.querySelector(`a[data-go="${CSS.escape(event.key)}"]`)?.click();

/** The focus goes from row to row of what can be walked; Enter then opens one, as with any link. */
function walk(event, by) {
  const rows = [...document.querySelectorAll("[data-walk] :is(tr, li)")];
  const links = rows.map((row) => row.querySelector("a[href]")).filter(Boolean);
  const at = links.findIndex((link) => link.closest("tr, li").contains(document.activeElement));
  focusOn(event, links[Math.max(0, Math.min(links.length - 1, at + by))]);
}

/** A letter opens the form that carries it; pressing the button stays with the person. */
function openBy(event) {
  const form = document.querySelector(`details[data-open-by="${CSS.escape(event.key)}"]`);
  if (!form) return;
  form.open = true;
  focusOn(event, form.querySelector("input:not([type=hidden]), select, textarea, button"));
}

// Single keys can be turned off (WCAG 2.1.4): a voice that dictates would press them.
const singleKeys = () => localStorage.getItem("keys") !== "off";

for (const box of document.querySelectorAll("[data-keys-on]")) {
  box.checked = singleKeys();
  box.addEventListener("change", () => localStorage.setItem("keys", box.checked ? "on" : "off"));
}

function focusOn(event, element) {
  if (!element) return;
  event.preventDefault();
  element.focus();
}

/** Esc closes the open Why or menu and gives focus back to what opened it. */
function closeOpen() {
  for (const details of document.querySelectorAll("details:is(.why, .menu)[open]")) {
    if (details.contains(document.activeElement)) details.querySelector("summary").focus();
    details.open = false;
  }
}

document.addEventListener("click", (event) => {
  for (const details of document.querySelectorAll("details:is(.why, .menu)[open]")) {
    if (!details.contains(event.target)) details.open = false;
  }
  const step = event.target.closest("[data-step]");
  if (step) stepBy(step);
  const held = event.target.closest("[aria-disabled='true']");
  if (held) event.preventDefault();
});

function stepBy(button) {
  const input = button.parentElement.querySelector("input");
  Number(button.dataset.step) < 0 ? input.stepDown() : input.stepUp();
  input.dispatchEvent(new Event("change", { bubbles: true }));
}

for (const eye of document.querySelectorAll("[data-eye]")) {
  const input = document.getElementById(eye.getAttribute("aria-controls"));
  eye.hidden = false;
  eye.addEventListener("click", () => {
    const shown = input.type === "text";
    input.type = shown ? "password" : "text";
    eye.setAttribute("aria-pressed", String(!shown));
  });
}

/** Printing takes a script or the browser's own menu. A refetched part is dressed again. */
const offerPrint = () => document.querySelectorAll("[data-print]").forEach((button) => (button.hidden = false));
document.addEventListener("click", (event) => event.target.closest("[data-print]") && print());
offerPrint();

/** What is shown once can be taken along at one press. */
for (const button of document.querySelectorAll("[data-copy]")) {
  const words = button.querySelector("[data-copied]");
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.querySelector("[data-copy-text]").textContent.trim());
    words.textContent = words.dataset.copied;
  });
}

// Filters stand open where there is room beside the list, and behind their chip where there is not.
const roomy = matchMedia("(width >= 1100px)");
const layOut = () => document.querySelectorAll("details.filters").forEach((details) => (details.open = roomy.matches));
roomy.addEventListener("change", layOut);
layOut();

/** Ages of the freshness chips; a chip that passes its limit turns stale by itself. */
function growOld() {
  for (const chip of document.querySelectorAll(".fresh[data-limit]:not(.away)")) {
    const seconds = (now() - Date.parse(chip.querySelector("time").dateTime)) / 1000;
    chip.querySelector("[data-age]").textContent = spoken(seconds);
    if (chip.dataset.fresh === "fresh" && seconds > chip.dataset.limit * 60) turnStale(chip);
  }
}

function turnStale(chip) {
  chip.dataset.fresh = "stale";
  chip.classList.add("stale");
  chip.querySelector("[data-late]").hidden = false;
  chip.querySelector("svg").replaceWith(icon("triangle"));
}

function spoken(seconds) {
  if (seconds < 5) return word("now");
  if (seconds < 60) return word("seconds", { n: Math.floor(seconds) });
  if (seconds < 3600) return word("minutes", { n: Math.floor(seconds / 60) });
  return word("hours", { n: Math.floor(seconds / 3600) });
}

setInterval(growOld, 30_000);

// Offline: the page stays readable, its buttons wait, and nothing is queued.
const offline = document.querySelector("[data-offline]");

function sayOffline() {
  const at = new Date();
  const time = offline?.querySelector("time");
  if (!time) return;
  time.dateTime = at.toISOString();
  time.textContent = at.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hour12: false });
  offline.hidden = false;
}

addEventListener("offline", sayOffline);
addEventListener("online", () => offline && (offline.hidden = true));
document.addEventListener("submit", (event) => navigator.onLine || event.preventDefault());
