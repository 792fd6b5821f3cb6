// Keys of the review page: each presses the link or button that carries its name. Dead inside inputs, and when turned off.

const typing = (target) => target.closest("input, select, textarea, [contenteditable], dialog");
const singleKeys = () => localStorage.getItem("keys") !== "off";

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || typing(event.target) || !singleKeys()) return;
  if (event.key === "/") return search(event);
  if (event.key === "Enter" && event.target.closest("a, button, summary")) return;
  const pressed = document.querySelector(`[data-press="${CSS.escape(event.key)}"]`);
  if (!pressed) return;
  event.preventDefault();
  pressed.click();
});

/** "/" is for another product here: after page.js has put the focus into the page's own search. */
function search(event) {
  const field = document.querySelector("[data-another]");
  if (!field) return;
  event.preventDefault();
  queueMicrotask(() => field.focus());
}
