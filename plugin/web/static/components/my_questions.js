/** My own questions and what becomes of each; nobody else sees this list. */

import { named, t } from "../messages.js";
import * as acts from "../acts.js";
import * as store from "../store.js";
import { html, nothing, repeat } from "../vendor/lit.js";
import { PanelElement } from "./element.js";
import { empty, icon, trouble, voiceChip, votesText } from "./parts.js";
import { draftCard } from "./question_card.js";

/** @import { Question } from "../objects.d.ts" */

const STATE_LOOK = /** @type {Record<string, string>} */ ({
  on_stage: "voice", queued: "me", answered_live: "me", answered_text: "me",
});
const WITHDRAWABLE = new Set(["pending", "open", "queued"]);

export class MyQuestions extends PanelElement {
  render() {
    const mine = store.myQuestions(this.state);
    const drafts = this.panel.unsent;
    return html`<div class="scroll" tabindex="0" role="region" aria-label=${t("mine.label")}>
      ${mine.length || drafts.length ? nothing : empty(t("mine.empty_title"), t("mine.empty"))}
      <ol class="questions" role="list" aria-label=${t("mine.label")}>
        ${drafts.map((draft) => html`<li>${draftCard(this.panel, draft)}</li>`)}
        ${repeat(mine, ({ id }) => id, (question) => html`<li>${this.#card(question)}</li>`)}
      </ol>
    </div>`;
  }

  /** @param {Question} question */
  #card(question) {
    const ahead = store.queuePosition(this.state, question.id);
    const votes = votesText(this.panel, question);
    return html`<article class="row plain" aria-labelledby="mine-${question.id}">
      <div class="body">
        <div class="meta lead">
          <span class="num">${t("question.number", { number: String(question.number) })}</span>
          <span class="chip ${STATE_LOOK[question.state] ?? ""}">${this.#where(question, ahead)}</span>
          ${voiceChip(question, true)}
        </div>
        <p class="words" id="mine-${question.id}" dir="auto">${question.text}</p>
        <div class="meta">
          <time-ago at=${question.asked_at}></time-ago>
          ${votes ? html`<span>${votes}</span>` : nothing}
          ${question.seen_at ? html`<span class="seen">${icon("eye")} ${t("question.seen")}</span>` : nothing}
          ${WITHDRAWABLE.has(question.state)
            ? html`<button class="link" @click=${() => acts.withdraw(this.panel, question)}>${t("question.withdraw")}</button>`
            : nothing}
        </div>
        ${trouble(this.panel, question.id)}
      </div>
    </article>`;
  }

  /** @param {Question} question @param {number | null} ahead */
  #where(question, ahead) {
    if (ahead === 0) return t("question.next");
    if (ahead !== null) return t("question.after", { count: ahead });
    return named(`question.state_${question.state}`, {}, question.state);
  }
}
customElements.define("my-questions", MyQuestions);
