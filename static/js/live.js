// Hears the one stream (/ws/v1/stream) and lets the regions of this page refetch what changed.

import { Region } from "./live/region.js";
import { word } from "./words.js";

const regions = [...document.querySelectorAll("[data-topic]")].map((element) => new Region(element));
const seen = new Map(); // topic → last number heard, null before the first
for (const region of regions) {
  for (const topic of region.topics) seen.set(topic, seen.get(topic) ?? region.seq);
}

const SIGNED_OUT = 4401; // the server's word for a session that has ended: coming back won't help
let socket;
let tries = 0;
let timer;

function show(state) {
  for (const element of document.querySelectorAll("[data-live-state]")) {
    element.dataset.liveState = state;
    element.textContent = state === "wait" ? "" : word(state);
  }
}

function connect() {
  clearTimeout(timer);
  if (!seen.size || socket?.readyState <= WebSocket.OPEN) return;
  socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws/v1/stream`);
  socket.addEventListener("open", () => listen(seen.keys()));
  socket.addEventListener("message", (event) => hear(JSON.parse(event.data)));
  socket.addEventListener("close", closed);
}

function closed({ code }) {
  if (code === SIGNED_OUT) show("out");
  else again();
}

/** Back-off doubles to 30 s; half of it is chance, so that a restart is not met by every page at once. */
function again() {
  show(navigator.onLine ? "late" : "off");
  const longest = Math.min(30_000, 1000 * 2 ** tries++);
  timer = setTimeout(connect, longest / 2 + (Math.random() * longest) / 2);
}

function listen(topics) {
  if (socket?.readyState !== WebSocket.OPEN) return;
  socket.send(JSON.stringify({ subscribe: Object.fromEntries([...topics].map((topic) => [topic, seen.get(topic)])) }));
}

const answers = {
  subscribed({ topic, seq }) {
    tries = 0;
    show("live");
    if (seen.get(topic) === null) seen.set(topic, seq);
  },
  reset({ topic, seq }) {
    seen.set(topic, seq ?? null);
    refetch(topic);
    if (seq === undefined) listen([topic]);
  },
  refused({ topic }) {
    seen.delete(topic);
    if (!seen.size) leave();
  },
  heartbeat({ seqs = {} }) {
    const missed = Object.keys(seqs).filter((topic) => seen.has(topic) && seqs[topic] > (seen.get(topic) ?? Infinity));
    if (missed.length) listen(missed);
  },
};

function hear(frame) {
  const answer = frame.seq === undefined || !("data" in frame) ? answers[frame.type] : undefined;
  if (answer) return answer(frame);
  const last = seen.get(frame.topic);
  if (last === undefined || (last !== null && frame.seq <= last)) return;
  seen.set(frame.topic, frame.seq);
  // After a gap the missed frame's type is unknown: every region of the topic is read again, whatever it waits for.
  refetch(frame.topic, last !== null && frame.seq > last + 1 ? undefined : frame.type);
}

function refetch(topic, type) {
  for (const region of regions) if (region.wants(topic, type)) region.refetch();
}

function leave() {
  socket.removeEventListener("close", closed);
  socket.close();
  show("wait");
}

document.addEventListener("live:out", () => {
  leave();
  show("out");
});
addEventListener("online", () => {
  tries = 0;
  connect();
});
addEventListener("offline", () => show("off"));
addEventListener("pageshow", (event) => event.persisted && connect());

connect();
