/** What is on stage now, as everyone sees it. */

import { t } from "../messages.js";
import * as store from "../store.js";
import { html, nothing } from "../vendor/lit.js";
import { face, votesText } from "./parts.js";

/** @import { Panel } from "../panel.js" */
/** @import { Question, StageTurn, State } from "../objects.d.ts" */

/** Who gives this question a voice, in one sentence. @param {State} state @param {Question} question @param {StageTurn | undefined} turn */
export function voiceSentence(state, question, turn) {
  const name = turn?.name || question.author.name || t("question.anonymous");
  if (turn?.state === "on_stage") return t(turn.is_audible ? "stage.speaking" : "stage.muted", { name });
  if (state.mine[question.id]) return t("stage.you");
  return t("stage.read_out", { name });
}

/** The card's head: words, number and running time. @param {Question} question */
export const stageCap = (question) =>
  html`<div class="cap">
    <h2>${t("stage.now")}</h2>
    <span
      >${t("question.number", { number: String(question.number) })} ·
      <time-count from=${question.stage_started_at ?? question.asked_at}></time-count
    ></span>
  </div>`;

/** Who speaks, and how many wanted to hear it. @param {Panel} panel @param {Question} question */
export function stageMeta(panel, question) {
  const state = /** @type {State} */ (panel.state);
  const turn = store.turnOfQuestion(state, question.id);
  const votes = votesText(panel, question);
  return html`<div class="meta">
    ${face(turn?.name || question.author.name, "small")}
    <span>${voiceSentence(state, question, turn)}</span>
    ${votes ? html`<span aria-hidden="true">·</span><span class="nowrap">${votes}</span>` : nothing}
  </div>`;
}

/** The stage for the audience; nothing when it is empty. @param {Panel} panel */
export function stageCard(panel) {
  const state = /** @type {State} */ (panel.state);
  const question = store.onStage(state);
  const others = store.turnsWithoutQuestion(state).filter((turn) => turn.state === "on_stage");
  return html`
    ${question
      ? html`<article class="stage" aria-label=${t("stage.now")}>
          ${stageCap(question)}
          <p class="words big" dir="auto">${question.text}</p>
          ${stageMeta(panel, question)}
        </article>`
      : nothing}
    ${others.map((turn) => onStagePerson(turn))}
  `;
}

/** Somebody who speaks without a question. @param {StageTurn} turn */
const onStagePerson = (turn) =>
  html`<article class="stage slim">
    ${face(turn.name, "small")}
    <span class="grow">${t(turn.is_audible ? "stage.speaking" : "stage.on_stage_person", { name: turn.name })}</span>
    <time-count from=${turn.on_stage_at ?? ""}></time-count>
  </article>`;
