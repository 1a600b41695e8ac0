/** Starts the panel on its page: who we are, where the API is, and who may speak to us. */

import { createApi } from "./api.js";
import { SidestagePanel } from "./components/sidestage_panel.js";
import { HostPage } from "./host_page.js";
import { LANGUAGE, t } from "./messages.js";
import { Panel } from "./panel.js";
import * as store from "./store.js";
import * as themes from "./theme.js";

const place = /** @type {HTMLElement} */ (document.querySelector("#panel"));
const { base = "", installId = "", hostOrigins = "", entry = "panel" } = place.dataset;
const element = new SidestagePanel();
const root = document.documentElement;
root.lang = LANGUAGE;

/* What the address carries is read once and taken out of the history, before anything else runs. */
const fragment = new URLSearchParams(location.hash.slice(1));
if (location.hash) history.replaceState(null, "", location.pathname + location.search);

/* ── colours ── */
const dark = matchMedia("(prefers-color-scheme: dark)");
let theme = themes.read(undefined);
function paint() {
  themes.show(root, theme, dark.matches ? "dark" : "light");
  element.theme = theme.mode;
}
dark.addEventListener("change", paint);
element.addEventListener("theme", (event) => {
  theme = themes.read({ ...theme, mode: /** @type {CustomEvent} */ (event).detail });
  paint();
});

const host = new HostPage(window, hostOrigins.split(" ").filter(Boolean), (wish) => {
  theme = themes.read(wish);
  paint();
});

/* ── signing in ── */

/** @type {import("./api.js").Tokens | null} */
let guestTokens = null;

/** Room tokens live for a minute, so each sign-in asks the host page for a new one. */
async function askHost() {
  const given = await host.askForToken();
  if (!given) return null;
  const { room, token } = given;
  const guest_access_token = guestTokens ? { guest_access_token: guestTokens.access_token } : {};
  return api.signIn("/panel-sessions", { install_id: installId, room, token, ...guest_access_token });
}

const api = createApi({ base, sentences: { offline: t("error.offline"), unexpected: t("error.unexpected") }, askHost });
const log = /** @type {HTMLElement} */ (document.querySelector("#news"));
const socketUrl = () => `${location.origin.replace(/^http/, "ws")}${base}/api/v1/socket`;
const panel = new Panel({ api, socketUrl, say });

/** One piece of news for a screen reader; old ones are taken out, so nothing is read twice. @param {string} text */
function say(text) {
  const line = document.createElement("p");
  line.textContent = text;
  log.append(line);
  while (log.children.length > 3) log.firstElementChild?.remove();
}

async function start() {
  panel.show("starting");
  try {
    await signIn();
  } catch (error) {
    const { status, message } = /** @type {import("./api.js").Problem} */ (error);
    if (status === undefined) throw error;
    panel.show(status === 401 ? "signed_out" : "failed", message);
    return;
  }
  if (api.isSignedIn) await panel.open();
}

async function signIn() {
  if (api.isSignedIn) return;
  if (entry === "guest") {
    panel.show(guestToken ? "guest" : "failed", t("guest.no_link"));
    return;
  }
  const [room, token] = [fragment.get("room"), fragment.get("token")];
  if (!host.isFramed && room && token) {
    // A room token works once, so a second start must not try it again.
    fragment.delete("token");
    api.keep(await api.signIn("/panel-sessions", { install_id: installId, room, token }));
    return;
  }
  const tokens = await askHost();
  if (tokens) api.keep(tokens);
  else panel.show("waiting");
}

const guestToken = fragment.get("token") ?? fragment.get("guest") ?? [...fragment.keys()][0] ?? "";
element.addEventListener("join", async (event) => {
  const name = /** @type {CustomEvent} */ (event).detail;
  const tokens = await panel.act("guest", () => api.signIn("/guest-sessions", { guest_token: guestToken, name }));
  if (!tokens) return;
  guestTokens = tokens;
  api.keep(tokens);
  await panel.open();
});

/* ── the page around us, and the machine below us ── */

panel.addEventListener("hush", () => log.replaceChildren());

let told = "";
panel.addEventListener("change", () => {
  const { state } = panel;
  if (!state) return;
  document.title = state.session.title || state.room.title;
  const turn = store.myTurn(state);
  const counts = {
    title: document.title,
    is_live: state.session.state === "live",
    questions: store.questionsIn(state, "open", "queued").length,
    hands: Object.keys(state.hands).length,
    review: store.reviewQueue(state).length,
    is_invited: turn?.state === "invited",
    is_on_stage: turn?.state === "on_stage",
  };
  if (JSON.stringify(counts) === told) return;
  told = JSON.stringify(counts);
  host.tell("counts", counts);
});
/* Escape leaves what is innermost: a dialog here, else the sheet that the page around us made of this frame. */
document.addEventListener("keydown", (event) => {
  const isTaken = event.defaultPrevented || event.isComposing || document.querySelector("dialog[open]");
  if (event.key === "Escape" && !isTaken) host.tell("close_wanted");
});
window.addEventListener("online", () => panel.socket.check());
document.addEventListener("visibilitychange", () => document.hidden || panel.socket.check());

element.panel = panel;
element.reload = () => void start();
paint();
place.replaceChildren(element);
void start();
