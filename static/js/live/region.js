// One element that shows a topic: it fetches its fragment again and takes over what differs, row by row.

import { tell } from "./tell.js";
import { clear, isBusy, noteGone, noteRow, swap, values } from "./rows.js";
import { word } from "../words.js";

const CALM = 150; // ms; a sync's burst of frames is one fetch
const LATER = 5_000;

export class Region {
  constructor(element) {
    this.element = element;
    this.topics = element.dataset.topic.split(/\s+/).filter(Boolean);
    this.types = element.dataset.types?.split(/\s+/);
    this.seq = element.dataset.seq ? Number(element.dataset.seq) : null;
    this.drawn = new Map(this.rows(element).map((row) => [row.dataset.key, row.outerHTML])); // rows as the server sent them
    this.waiting = new Map(); // rows someone is working in: key → the newer row
    element.addEventListener("focusout", () => setTimeout(() => this.takeWaiting()));
  }

  rows(root) {
    return [...root.querySelectorAll("[data-key]")];
  }

  wants(topic, type) {
    return this.topics.includes(topic) && (!type || !this.types || this.types.includes(type));
  }

  /** Debounced, and one at a time: frames that come during a fetch make exactly one more. */
  refetch(delay = CALM) {
    if (this.flying) return void (this.once = true);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.fetch(), delay);
  }

  async fetch() {
    this.flying = true;
    try {
      this.take(await this.read());
    } catch (error) {
      if (!(error instanceof TypeError)) throw error; // a TypeError is the network's; the next try may pass
      this.later = true;
    } finally {
      this.flying = false;
      if (this.once || this.later) this.refetch(this.later ? LATER : CALM);
      this.once = this.later = false;
    }
  }

  /** The new fragment, or nothing when there is none to have. An answer that says "later" is asked again. */
  async read() {
    const answer = await fetch(this.element.dataset.fragment, { headers: { "X-Fragment": "1" } });
    if (answer.redirected || answer.status === 401) return void document.dispatchEvent(new Event("live:out"));
    if (answer.status >= 500 || answer.status === 429) throw new TypeError(`${answer.status}`);
    return answer.ok ? new DOMParser().parseFromString(await answer.text(), "text/html") : undefined;
  }

  take(page) {
    if (!page) return;
    for (const part of page.querySelectorAll("[data-part]")) takePart(part);
    const fresh = page.querySelector(`[data-topic="${CSS.escape(this.element.dataset.topic)}"]`) ?? page.body;
    if (this.drawn.size || this.rows(fresh).length) this.takeRows(this.rows(fresh));
    else if (!isBusy(this.element) && !fresh.querySelector("[data-part]")) this.element.replaceChildren(...fresh.childNodes);
  }

  takeRows(fresh) {
    const changes = [];
    const coming = new Map(fresh.map((row) => [row.dataset.key, row]));
    for (const row of this.rows(this.element)) {
      const next = coming.get(row.dataset.key);
      if (next) changes.push(...this.takeRow(row, next));
      else noteGone(row);
      coming.delete(row.dataset.key);
    }
    tell(changes);
    this.tellNew(coming.size);
  }

  /** Returns what changed, for the ear. A row in use keeps its place and its text, and says what it would show. */
  takeRow(row, next) {
    const sent = next.outerHTML;
    if ("left" in row.dataset) clear(row);
    if (this.drawn.get(row.dataset.key) === sent) return [];
    const changes = values(row, next);
    this.drawn.set(row.dataset.key, sent);
    if (isBusy(row)) {
      this.waiting.set(row.dataset.key, next);
      noteRow(row, changes);
    } else {
      this.waiting.delete(row.dataset.key);
      swap(row, next, changes);
    }
    return changes;
  }

  takeWaiting() {
    for (const row of this.rows(this.element)) {
      const next = this.waiting.get(row.dataset.key);
      if (!next || isBusy(row)) continue;
      this.waiting.delete(row.dataset.key);
      swap(row, next, values(row, next));
    }
  }

  /** Rows that weren't here stay out until they are asked for, so that nothing jumps under a hand. */
  tellNew(count) {
    this.news?.remove();
    if (!count) return;
    this.news = document.createElement("p");
    this.news.className = "news";
    const show = Object.assign(document.createElement("a"), { href: location.href, textContent: word("show") });
    const things = this.element.dataset.things ?? "product";
    this.news.append(word(count === 1 ? `new_${things}` : `new_${things}s`, { n: count }), " · ", show);
    this.element.prepend(this.news);
  }
}

function takePart(part) {
  const old = document.querySelector(`[data-part="${CSS.escape(part.dataset.part)}"]`);
  if (old && !old.isEqualNode(part) && !isBusy(old)) old.replaceWith(document.importNode(part, true));
}
