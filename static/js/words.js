// What the server gave scripts to say (data-words), to draw (data-sprite) and to count from (data-now).

const given = document.querySelector("[data-words]").dataset;
const words = JSON.parse(given.words);
const ahead = given.now ? Date.parse(given.now) - Date.now() : 0;

/** A sentence of the server's language; names in braces come from `fills`. */
export function word(key, fills = {}) {
  return (words[key] ?? key).replace(/\{(\w+)\}/g, (_, name) => fills[name] ?? "");
}

/** The server's clock, as near as this page knows it; a wrong clock here must not make old stock look fresh. */
export const now = () => Date.now() + ahead;

export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "i");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${given.sprite}#${name}`);
  svg.append(use);
  return svg;
}
