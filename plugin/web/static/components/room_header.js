/** The room's name, whether it is live, who listens, and the hand. */

import { named, t } from "../messages.js";
import * as store from "../store.js";
import { html, nothing } from "../vendor/lit.js";
import { icon } from "./parts.js";

/** @import { Panel } from "../panel.js" */
/** @import { State } from "../objects.d.ts" */

const PLATFORMS = /** @type {Record<string, string>} */ ({ livekit: "LiveKit", janus: "Janus", mumble: "Mumble", jitsi: "Jitsi" });

/** @param {Panel} panel @param {{ tabs: unknown, raise: () => void, settings: () => void }} parts */
export function roomHeader(panel, { tabs, raise, settings }) {
  const state = /** @type {State} */ (panel.state);
  return html`<header class="top">
    <div class="titles">
      <h1 dir="auto">${state.session.title || state.room.title}</h1>
      <p class="facts dots">${liveMark(state)} ${facts(state).map((fact, at) => html`<span class=${at ? "extra" : ""}>${fact}</span>`)}</p>
    </div>
    ${tabs}
    <div class="top-acts">
      ${handButton(state, raise)}
      <button class="btn quiet square-narrow" @click=${settings} aria-label=${t("panel.settings")}>
        ${icon("settings")}<span class="wide-only">${t("panel.settings")}</span>
      </button>
    </div>
  </header>`;
}

/** @param {State} state */
function liveMark({ session }) {
  const word = named(`header.${session.state}`, {}, "");
  if (session.state !== "live") return word ? html`<span class="live off"><span class="lamp"></span>${word}</span>` : nothing;
  return html`<span class="live"><span class="lamp"></span>${word} <time-count from=${session.started_at ?? ""}></time-count></span>`;
}

/** @param {State} state @returns {string[]} */
function facts(state) {
  const listening = t("header.listening", { count: state.session.present_count });
  if (!store.isBackstage(state)) return [listening];
  const open = store.questionsIn(state, "open", "queued").length;
  const hands = Object.keys(state.hands).length;
  const platform = PLATFORMS[state.room.platform];
  return [
    listening,
    t("header.open", { count: open }),
    t("header.hands", { count: hands }),
    ...(platform ? [t("header.platform", { name: platform })] : []),
  ];
}

/** @param {State} state @param {() => void} raise */
function handButton(state, raise) {
  const isHosting = store.isBackstage(state) || state.me.role === "speaker";
  const isShut = state.session.settings.hands === "off" || !store.isGathering(state);
  if (isHosting || isShut || store.myHand(state) || store.myTurn(state)) return nothing;
  if (state.session.settings.hands === "invited") return nothing;
  return html`<button class="btn raise" accesskey="h" @click=${raise}>${icon("hand")} ${t("hand.raise")}</button>`;
}
