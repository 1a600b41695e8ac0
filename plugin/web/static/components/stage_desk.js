/** The stage as hosts work it: the question and the people on stage, and how each of them ends. */

import * as acts from "../acts.js";
import { t } from "../messages.js";
import * as store from "../store.js";
import { html, nothing } from "../vendor/lit.js";
import { face, trouble } from "./parts.js";
import { stageCap, stageMeta } from "./stage_card.js";
import { journey } from "./stage_journey.js";

/** @import { Panel } from "../panel.js" */
/** @import { Question, StageTurn, State } from "../objects.d.ts" */

/** @param {Panel} panel */
export function stageDesk(panel) {
  const state = /** @type {State} */ (panel.state);
  const question = store.onStage(state);
  return html`
    ${question ? occupied(panel, state, question) : vacant(panel, state)}
    ${store.turnsWithoutQuestion(state).map((turn) => guestOfStage(panel, turn))}
  `;
}

/** @param {Panel} panel @param {State} state @param {Question} question */
function occupied(panel, state, question) {
  const turn = store.turnOfQuestion(state, question.id);
  const isBusy = panel.busy.has(question.id);
  const isOnStage = turn?.state === "on_stage";
  return html`<article class="stage" aria-label=${t("stage.now")}>
    ${stageCap(question)}
    <p class="words big" dir="auto">${question.text}</p>
    ${stageMeta(panel, question)} ${turn?.state === "on_stage" && turn.is_audible ? nothing : journey(panel, turn, () => acts.bringUp(panel, question))}
    ${trouble(panel, question.id)} ${turn ? trouble(panel, turn.id) : nothing}
    <div class="acts">
      <button class="btn primary" ?disabled=${isBusy} @click=${() => acts.answered(panel, question, false)}>
        ${t("desk.answered")}
      </button>
      ${isOnStage
        ? html`<button class="btn" ?disabled=${isBusy} @click=${() => acts.answered(panel, question, true)}>
            ${t("desk.answered_keep")}
          </button>`
        : nothing}
      <button class="btn quiet" ?disabled=${isBusy} @click=${() => acts.move(panel, question, "open")}>${t("desk.back")}</button>
    </div>
  </article>`;
}

/** @param {Panel} panel @param {State} state */
function vacant(panel, state) {
  const first = store.queue(state)[0];
  return html`<div class="stage vacant">
    <h2 class="vacant-title">${t("stage.empty")}</h2>
    <p>${t("stage.empty_desk")}</p>
    ${first
      ? html`<div class="acts">
          <button class="btn primary" ?disabled=${panel.busy.has("next")} @click=${() => acts.next(panel)}>
            ${t("desk.next")}: ${t("question.number", { number: String(first.number) })}
          </button>
        </div>`
      : nothing}
    ${trouble(panel, "next")}
  </div>`;
}

/** Somebody who came on stage by a raised hand or an invitation. @param {Panel} panel @param {StageTurn} turn */
function guestOfStage(panel, turn) {
  return html`<article class="item on-stage">
    ${face(turn.name)}
    <div class="body">
      <p class="who-line"><b><bdi>${turn.name}</bdi></b></p>
      ${journey(panel, turn)} ${trouble(panel, turn.id)}
      ${turn.state === "on_stage"
        ? html`<div class="acts">
            <button class="btn" ?disabled=${panel.busy.has(turn.id)} @click=${() => acts.turn(panel, turn, "end")}>
              ${t("desk.to_audience")}
            </button>
          </div>`
        : nothing}
    </div>
  </article>`;
}
