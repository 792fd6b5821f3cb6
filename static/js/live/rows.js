// What differs between a row and its newer self, and how the row shows it for a minute.

import { icon, word } from "../words.js";

const MINUTE = 60_000;
const plain = (element) => element.dataset.say ?? shown(element);
const marked = (row) => [...row.querySelectorAll("[data-v]")];

/** The value as read, without a note that an earlier change left in it. */
function shown(element) {
  const nodes = [...element.childNodes].filter((node) => !node.classList?.contains("chg"));
  return nodes.map((node) => node.textContent).join("").trim();
}

/** Someone is in it: focus inside, or an input that no longer holds what the server sent. */
export function isBusy(element) {
  if (element.contains(document.activeElement) && document.activeElement !== document.body) return true;
  return [...element.querySelectorAll("input, textarea, select")].some(isTyped);
}

function isTyped(input) {
  if (input.type === "checkbox" || input.type === "radio") return input.checked !== input.defaultChecked;
  if (input.options) return input.multiple ? [...input.options].some(isChosen) : input.selectedIndex !== preset(input);
  return input.type !== "hidden" && input.value !== input.defaultValue;
}

const isChosen = (option) => option.selected !== option.defaultSelected;

/** The option a page shows when nobody has chosen: the marked one, else the first. */
const preset = ({ options }) => Math.max([...options].findIndex((option) => option.defaultSelected), options.length ? 0 : -1);

/** `[{name, value, was, now, said}]` of the [data-v] elements whose text differs; `value` is the new element. */
export function values(row, next) {
  const news = new Map(marked(next).map((element) => [element.dataset.v, element]));
  return marked(row).flatMap((old) => {
    const value = news.get(old.dataset.v);
    const was = shown(old);
    if (!value || shown(value) === was) return [];
    return [{ name: row.dataset.name ?? "", key: old.dataset.v, was, now: shown(value), said: plain(value), value }];
  });
}

/** Puts the newer row in the old one's place; what stood open stays open. */
export function swap(row, next, changes) {
  const before = row.querySelectorAll("details");
  next.querySelectorAll("details").forEach((details, i) => (details.open = before[i]?.open ?? details.open));
  row.replaceWith(next);
  markRow(next, changes);
}

/** Tints the new row and says under each changed value what it was, "just now" once a row; both go after a minute. */
function markRow(row, changes) {
  if (!changes.length) return;
  row.classList.add("changed");
  changes.forEach((change, i) => under(change.value, change, word(i ? "was" : "changed", change)));
  setTimeout(() => clear(row), MINUTE);
}

/** A row in use keeps its values; the note says what is new. */
export function noteRow(row, changes) {
  clear(row);
  if (changes.length) row.classList.add("changed");
  for (const change of changes) {
    under(row.querySelector(`[data-v="${CSS.escape(change.key)}"]`), change, word("waits", { now: change.said }));
  }
}

/** A row that left the list stays where it stood, and says so. */
export function noteGone(row) {
  if ("left" in row.dataset) return;
  clear(row);
  row.dataset.left = "";
  row.firstElementChild.append(sign("dash", word("gone")));
}

export function clear(row) {
  row.classList.remove("changed");
  delete row.dataset.left;
  for (const note of row.querySelectorAll(".chg")) note.remove();
}

function under(value, change, sentence) {
  (value.closest("td, th, dd, li") ?? value.parentElement).append(sign(direction(change), sentence));
}

function sign(name, sentence) {
  const note = document.createElement("small");
  note.className = "chg";
  note.append(icon(name), sentence);
  return note;
}

function direction({ was, now }) {
  const [before, after] = [was, now].map((text) => Number.parseFloat(text.replace("−", "-").replace(/[^\d.-]/g, "")));
  if (Number.isNaN(before) || Number.isNaN(after) || before === after) return "right";
  return after < before ? "down" : "up";
}
