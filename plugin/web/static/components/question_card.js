/** One question as the audience sees it: vote, words, what becomes of it. */

import * as acts from "../acts.js";
import { named, t } from "../messages.js";
import * as store from "../store.js";
import { html, nothing } from "../vendor/lit.js";
import { icon, person, trouble, voiceChip } from "./parts.js";

/** @import { Panel, Draft } from "../panel.js" */
/** @import { Question, State } from "../objects.d.ts" */

/** @param {Panel} panel @param {Question} question */
export function questionCard(panel, question) {
  const state = /** @type {State} */ (panel.state);
  const isMine = Boolean(state.mine[question.id]);
  return html`<article class="row ${isMine ? "mine" : ""}" aria-labelledby="text-${question.id}">
    ${voteBox(panel, question, isMine)}
    <div class="body">
      <p class="words" id="text-${question.id}" dir="auto">${question.text}</p>
      <div class="meta">
        ${chips(state, question, isMine)}
        <span>${t("question.number", { number: String(question.number) })}</span>
        ${isMine ? nothing : person(question.author.name)}
        <time-ago at=${question.asked_at}></time-ago>
        ${isMine && mayWithdraw(question) ? withdrawButton(panel, question) : nothing}
      </div>
      ${trouble(panel, question.id)}
    </div>
  </article>`;
}

/** @param {Question} question */
const mayWithdraw = ({ state }) => state === "pending" || state === "open" || state === "queued";

/** @param {Panel} panel @param {Question} question */
const withdrawButton = (panel, question) =>
  html`<button class="link" ?disabled=${panel.busy.has(question.id)} @click=${() => acts.withdraw(panel, question)}>
    ${t("question.withdraw")}
  </button>`;

/** @param {State} state @param {Question} question @param {boolean} isMine */
function chips(state, question, isMine) {
  const place = placeText(state, question, isMine);
  return html`
    ${place ? html`<span class="chip ${isMine ? "me" : ""}">${place}</span>` : nothing}
    ${voiceChip(question, isMine)}
  `;
}

/** "Yours · next after 2" @param {State} state @param {Question} question @param {boolean} isMine */
function placeText(state, question, isMine) {
  const ahead = store.queuePosition(state, question.id);
  if (ahead !== null) {
    if (ahead === 0) return t(isMine ? "question.yours_next" : "question.next");
    return t(isMine ? "question.yours_after" : "question.after", { count: ahead });
  }
  if (!isMine) return question.state === "open" ? "" : named(`question.state_${question.state}`);
  const what = question.state === "open" ? "" : named(`question.state_${question.state}`);
  return what ? t("join.and_dot", { first: t("question.yours"), second: what }) : t("question.yours");
}

/** @param {Panel} panel @param {Question} question @param {boolean} isMine */
function voteBox(panel, question, isMine) {
  const state = /** @type {State} */ (panel.state);
  const count = panel.votesOf(question);
  if (isMine || question.state === "pending") return ownVotes(count);
  if (question.state !== "open" && question.state !== "queued" && question.state !== "on_stage") return ownVotes(count);
  const isOn = panel.hasMyVote(question.id);
  const number = String(question.number);
  const label = count === null ? t("question.vote_hidden", { number }) : t("question.vote", { number, count });
  const word = isOn ? t("question.voted_word") : t("question.vote_word");
  return html`<button
    class="vote"
    aria-pressed=${isOn ? "true" : "false"}
    aria-label=${label}
    ?disabled=${!store.isGathering(state)}
    @click=${() => panel.vote(question)}
  >
    ${icon(isOn ? "check" : "up")}<span>${count === null ? word : count}</span>
  </button>`;
}

/** @param {number | null} count */
function ownVotes(count) {
  return html`<div class="vote still">
    ${count === null
      ? html`<span aria-hidden="true">–</span>`
      : html`<span aria-hidden="true">${count}</span><span class="unseen">${t("question.votes", { count })}</span>
          <small aria-hidden="true">${t("question.votes", { count }).replace(/^\S+\s*/, "")}</small>`}
  </div>`;
}

/** A question of mine that is on its way. @param {Panel} panel @param {Draft} draft */
export function draftCard(panel, draft) {
  return html`<article class="row mine draft ${draft.status}">
    <div class="vote still" aria-hidden="true"><span>…</span></div>
    <div class="body">
      <p class="words" dir="auto">${draft.text}</p>
      ${draft.status === "failed" ? failed(panel, draft) : html`<div class="meta">${progress(draft)}</div>`}
    </div>
  </article>`;
}

/** @param {Draft} draft */
const progress = (draft) =>
  html`<span class="chip me">${draft.status === "sending" ? t("question.sending") : t("question.will_send")}</span>`;

/** @param {Panel} panel @param {Draft} draft */
const failed = (panel, draft) =>
  html`<div class="trouble" role="status">
    ${icon("warn")}<span class="grow">${t("question.not_sent")} ${draft.sentence}</span>
    <button class="btn small" @click=${() => panel.sendDraft(draft)}>${t("panel.try_again")}</button>
    <button class="btn quiet small" @click=${() => panel.discard(draft)}>${t("question.discard")}</button>
  </div>`;

/** A question that left the list while somebody was in it: its place stays until they look away. */
export const goneCard = () =>
  html`<article class="row gone"><div class="body"><p class="words">${t("list.gone")}</p></div></article>`;
