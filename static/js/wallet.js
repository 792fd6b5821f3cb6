// Wallets: finds them (EIP-6963, else the one injected object), asks one to sign the server's message, sends both back.
// <form data-wallet data-message="/where/" data-chains="1,1337" data-seconds="300" data-none="…" …>

const found = new Map();
window.addEventListener("eip6963:announceProvider", (event) => {
  const { info, provider } = event.detail;
  found.set(info.uuid, { name: info.name, provider });
});
window.dispatchEvent(new Event("eip6963:requestProvider"));

const REFUSED = 4001; // EIP-1193: the person said no

for (const form of document.querySelectorAll("form[data-wallet]")) {
  form.hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    choose(form);
  });
}

/** With one wallet it is asked at once, with several the person says which. */
function choose(form) {
  const wallets = [...found.values()];
  if (!wallets.length && window.ethereum) wallets.push({ name: "", provider: window.ethereum });
  if (!wallets.length) return say(form, form.dataset.none);
  if (wallets.length === 1) return sign(form, wallets[0].provider);
  const list = form.querySelector("[data-choice]");
  list.replaceChildren(...wallets.map((wallet) => choice(form, wallet)));
  list.hidden = false;
  list.querySelector("button").focus();
}

function choice(form, { name, provider }) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn touch wide";
  button.textContent = name;
  button.addEventListener("click", () => sign(form, provider));
  return button;
}

async function sign(form, wallet) {
  const button = form.querySelector("button[type=submit]");
  if (button.getAttribute("aria-busy") === "true") return;
  button.setAttribute("aria-busy", "true");
  say(form, "");
  try {
    const words = await signed(form, wallet);
    if (words) say(form, words);
    else form.submit();
  } catch (trouble) {
    say(form, trouble.code === REFUSED ? form.dataset.refused : form.dataset.broken);
  } finally {
    button.removeAttribute("aria-busy");
  }
}

/** Fills the form; words for the person when it can't be. */
async function signed(form, wallet) {
  const [address] = await wallet.request({ method: "eth_requestAccounts" });
  const chain = await ourChain(form, wallet);
  if (!chain) return form.dataset.chain;
  const begun = Date.now();
  const { message, detail } = await messageFor(form, address, chain);
  if (!message) return detail ?? form.dataset.away;
  const hex = `0x${[...new TextEncoder().encode(message)].map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
  const signature = await wallet.request({ method: "personal_sign", params: [hex, address] });
  if (Date.now() - begun > form.dataset.seconds * 1000) return form.dataset.late;
  form.elements.message.value = hex; // as text it would come with other line ends
  form.elements.signature.value = signature;
  return "";
}

/** The wallet's chain when it is one of ours, else it is asked to change to the first of them; 0 when it won't. */
async function ourChain(form, wallet) {
  const ours = form.dataset.chains.split(",").map(Number);
  const chain = Number(await wallet.request({ method: "eth_chainId" }));
  if (ours.includes(chain)) return chain;
  const params = [{ chainId: `0x${ours[0].toString(16)}` }];
  return wallet.request({ method: "wallet_switchEthereumChain", params }).then(() => ours[0], () => 0);
}

async function messageFor(form, address, chain) {
  const body = new URLSearchParams({ address, chain_id: chain });
  const headers = { "X-CSRFToken": form.elements.csrfmiddlewaretoken.value };
  const reply = await fetch(form.dataset.message, { method: "POST", body, headers }).catch(() => null);
  if (reply?.redirected) location.assign(location.href);
  return (await reply?.json().catch(() => null)) ?? {};
}

function say(form, words) {
  const line = form.querySelector("[data-said]");
  line.querySelector("span").textContent = words;
  line.hidden = !words;
}
