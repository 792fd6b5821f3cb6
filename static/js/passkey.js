// Passkeys: asks the server for a challenge, the authenticator for an answer, and sends it with the form it stands in.
// <form data-passkey="get|create" data-options="/where/" data-origin="https://…" data-none="…" …>

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const text = (raw) =>
  btoa(String.fromCharCode(...new Uint8Array(raw))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

for (const form of document.querySelectorAll("form[data-passkey]")) {
  form.hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    ask(form);
  });
}

async function ask(form) {
  const button = form.querySelector("button[type=submit]");
  if (button.getAttribute("aria-busy") === "true") return;
  if (!window.PublicKeyCredential) return say(form, form.dataset.none);
  if (location.origin !== form.dataset.origin) return say(form, form.dataset.elsewhere);
  button.setAttribute("aria-busy", "true");
  try {
    const options = await optionsFor(form);
    if (!options) return;
    form.elements.answer.value = JSON.stringify(await answered(form.dataset.passkey, options));
    form.submit();
  } catch (trouble) {
    say(form, trouble.name === "InvalidStateError" ? form.dataset.known : form.dataset.refused);
  } finally {
    button.removeAttribute("aria-busy");
  }
}

/** The server's options; null when it said no, or wants to be shown who this is: then we are on the way there. */
async function optionsFor(form) {
  const headers = { "X-CSRFToken": form.elements.csrfmiddlewaretoken.value };
  const reply = await fetch(form.dataset.options, { method: "POST", headers }).catch(() => null);
  if (reply?.redirected) return void location.assign(location.href);
  if (reply?.ok) return reply.json();
  const told = await reply?.json().catch(() => null);
  return void say(form, told?.detail ?? form.dataset.away);
}

async function answered(act, options) {
  options.challenge = bytes(options.challenge);
  for (const key of [...(options.allowCredentials ?? []), ...(options.excludeCredentials ?? [])]) key.id = bytes(key.id);
  if (act === "get") return shown(await navigator.credentials.get({ publicKey: options }));
  options.user.id = bytes(options.user.id);
  return shown(await navigator.credentials.create({ publicKey: options }));
}

/** As WebAuthn's own toJSON() writes it; by hand, for browsers that don't have it yet. */
function shown(key) {
  const response = { clientDataJSON: text(key.response.clientDataJSON) };
  for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (key.response[name]) response[name] = text(key.response[name]);
  }
  if (key.response.getTransports) response.transports = key.response.getTransports();
  return { id: key.id, rawId: text(key.rawId), type: key.type, response, clientExtensionResults: {} };
}

function say(form, words) {
  const line = form.querySelector("[data-said]");
  line.querySelector("span").textContent = words;
  line.hidden = false;
}
