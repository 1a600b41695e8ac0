/** Cards inside a message: a question or a person, drawn with their owner's component, acting through their owner's API. */

import * as acts from "../acts.js";
import { named, t } from "../messages.js";
import * as store from "../store.js";
import { exact } from "../time.js";
import { html, nothing } from "../vendor/lit.js";
import { deskCard } from "./desk_card.js";
import { face, person, trouble } from "./parts.js";

/** @import { Panel } from "../panel.js" */
/** @import { Participant, Question, State } from "../objects.d.ts" */
/** @typedef {{ opened: string, open: (key: string) => void }} Drawing */

/** @type {Record<string, (panel: Panel, id: string, key: string, drawing: Drawing) => unknown>} */
const CARDS = { question: questionCard, person: personCard };

/** @param {Panel} panel @param {{type: string, id: string}} card @param {string} messageId @param {Drawing} drawing */
export function sharedCard(panel, { type, id }, messageId, drawing) {
  const draw = CARDS[type];
  return draw ? draw(panel, id, `${messageId}-${id}`, drawing) : gone();
}

const gone = () => html`<p class="hint">${t("talk.card_gone")}</p>`;

/** @param {Panel} panel @param {string} id @param {string} key @param {Drawing} drawing */
function questionCard(panel, id, key, { opened, open }) {
  const question = /** @type {State} */ (panel.state).questions[id];
  if (!question) return gone();
  const isOpen = opened === key;
  return html`<div class="shared">
    ${deskCard(panel, question, { isOpen, toggle: () => open(isOpen ? "" : key), place: `shared-${key}` })} ${whoDidIt(question)}
  </div>`;
}

/** Whoever acted last, and what came of it. @param {Question} question */
function whoDidIt({ state, last_change }) {
  const change = named(`question.state_${state}`, {}, "");
  if (!last_change?.by || state === "open" || !change) return nothing;
  return html`<p class="note did">${t("talk.changed_by", { name: last_change.by, change })} · <time-ago at=${last_change.at}></time-ago></p>`;
}

/** @param {Panel} panel @param {string} id */
function personCard(panel, id) {
  const state = /** @type {State} */ (panel.state);
  const one = state.participants[id];
  if (!one) return gone();
  const may = acts.powers(panel, one);
  const isOnWay = store.isTurnOpen(store.turnOfPerson(state, one.id));
  const isBusy = panel.busy.has(one.id);
  const canMute = may.manage && one.can_speak && state.room.capabilities.includes("participant.mute");
  return html`<div class="shared">
    <article class="item" aria-label=${one.name}>
      ${face(one.name)}
      <div class="body">
        <p class="who-line">${person(one.name)}</p>
        ${facts(state, one)}
        ${(may.invite && !isOnWay) || canMute
          ? html`<div class="acts">
              ${may.invite && !isOnWay
                ? html`<button class="btn stagebtn" ?disabled=${isBusy} @click=${() => acts.invite(panel, one.id)}>${t("people.invite")}</button>`
                : nothing}
              ${canMute
                ? html`<button class="btn" ?disabled=${isBusy} @click=${() => acts.person(panel, one, "mute")}>${t("people.mute")}</button>`
                : nothing}
            </div>`
          : nothing}
        ${trouble(panel, one.id)}
      </div>
    </article>
  </div>`;
}

/** @param {State} state @param {Participant} one */
function facts(state, one) {
  const asked = Object.values(state.questions).filter(({ author }) => author.participant_id === one.id).length;
  const isUp = Object.values(state.hands).some(({ participant_id }) => participant_id === one.id);
  return html`<div class="meta dots">
    <span>${named(`people.${one.role}`, {}, one.role)}</span>
    ${one.joined_at ? html`<span title=${exact(one.joined_at)}>${t("hosts.here_since", { time: clock(one.joined_at) })}</span>` : nothing}
    <span>${t("hosts.asked", { count: asked })}</span>
    <span>${t("hosts.spoke", { count: one.turns_count ?? 0 })}</span>
    ${isUp ? html`<span class="chip">${t("hosts.hand_up")}</span>` : nothing}
  </div>`;
}

/** @param {string} instant */
const clock = (instant) => new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" }).format(new Date(instant));
