/** Raised hands as hosts see them: who waits, since when, about what. */

import * as acts from "../acts.js";
import { t } from "../messages.js";
import * as store from "../store.js";
import { html, nothing, repeat } from "../vendor/lit.js";
import { face, person, trouble } from "./parts.js";
import { isUnderWay, journey } from "./stage_journey.js";

/** @import { Panel } from "../panel.js" */
/** @import { Hand, State } from "../objects.d.ts" */

/** @param {Panel} panel */
export function handQueue(panel) {
  const state = /** @type {State} */ (panel.state);
  const hands = store.handsInOrder(state);
  if (!hands.length) return html`<p class="hint">${t("desk.empty_hands")}</p>`;
  return html`<ol class="cards" role="list" aria-label=${t("desk.hands")}>
    ${repeat(hands, ({ id }) => id, (hand) => html`<li>${handCard(panel, state, hand)}</li>`)}
  </ol>`;
}

/** @param {Panel} panel @param {State} state @param {Hand} hand */
function handCard(panel, state, hand) {
  const turn = store.turnOfPerson(state, hand.participant_id);
  const recent = turn && (turn.invited_at ?? "") >= hand.raised_at ? turn : undefined;
  const question = hand.question_id ? state.questions[hand.question_id] : undefined;
  const isBusy = panel.busy.has(hand.participant_id);
  return html`<article class="item hand">
    ${face(hand.name)}
    <div class="body">
      <div class="item-head">
        <div class="grow">
          <p class="who-line"><b>${person(hand.name)}</b> <time-count from=${hand.raised_at}></time-count></p>
          ${handMeta(state, hand)}
          ${hand.reason ? html`<p class="reason" dir="auto">“${hand.reason}”</p>` : nothing}
          ${question ? html`<p class="reason about" dir="auto">${question.text}</p>` : nothing}
        </div>
        ${!isUnderWay(recent)
          ? html`<button class="btn" ?disabled=${isBusy} @click=${() => acts.invite(panel, hand.participant_id, hand)}>
              ${t("desk.invite")}
            </button>`
          : nothing}
      </div>
      ${journey(panel, recent)} ${trouble(panel, hand.participant_id)} ${turn ? trouble(panel, turn.id) : nothing}
      <div class="acts tight">
        <button class="link" ?disabled=${isBusy} @click=${() => acts.later(panel, hand)}>${t("desk.not_now")}</button>
        <button class="link" ?disabled=${isBusy} @click=${() => acts.lower(panel, hand)}>${t("desk.lower")}</button>
      </div>
    </div>
  </article>`;
}

/** @param {State} state @param {Hand} hand */
function handMeta(state, hand) {
  const question = hand.question_id ? state.questions[hand.question_id] : undefined;
  const spoke = hand.is_first_time ? t("desk.first_time") : t("desk.spoke", { count: hand.turns_count ?? 0 });
  return html`<div class="meta dots">
    <span>${spoke}</span>
    ${question ? html`<span class="chip">${t("desk.about", { number: String(question.number) })}</span>` : nothing}
  </div>`;
}
