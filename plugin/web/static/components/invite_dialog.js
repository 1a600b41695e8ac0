/** The question that only this person can answer: do you want to speak now? */

import * as acts from "../acts.js";
import { t } from "../messages.js";
import * as store from "../store.js";
import { html, nothing } from "../vendor/lit.js";
import { DialogElement } from "./dialog_element.js";
import { icon, trouble } from "./parts.js";

export class InviteDialog extends DialogElement {
  /** The turn for which the dialog has opened once. */
  askedFor = "";

  get turn() {
    const turn = store.myTurn(this.state);
    return turn?.state === "invited" ? turn : undefined;
  }

  updated() {
    const { turn } = this;
    if (turn && turn.id !== this.askedFor) {
      this.askedFor = turn.id;
      void this.show();
    }
    if (!turn && this.isOpen) this.close();
  }

  render() {
    const { turn } = this;
    if (!this.isOpen || !turn) return html`<dialog class="dialog" @close=${() => this.closed()}></dialog>`;
    const question = turn.question_id ? this.state.questions[turn.question_id] : undefined;
    const isBusy = this.panel.busy.has(turn.id);
    const title = turn.invited_by_name ? t("invite.title", { name: turn.invited_by_name }) : t("invite.title_plain");
    return html`<dialog class="dialog invite" aria-labelledby="invite-title" aria-describedby="invite-muted" @close=${() => this.closed()}>
      <h2 id="invite-title" tabindex="-1">${title}</h2>
      ${question
        ? html`<p class="note">${t("invite.question")}</p>
            <blockquote class="words big" dir="auto">${question.text}</blockquote>`
        : nothing}
      <p class="assure" id="invite-muted">${icon("muted")} ${t("invite.muted")}</p>
      ${trouble(this.panel, turn.id)}
      <div class="acts">
        <button class="btn stagebtn wide" ?disabled=${isBusy} @click=${() => acts.turn(this.panel, turn, "accept")}>
          ${t("invite.accept")}
        </button>
        <button class="btn wide" ?disabled=${isBusy} @click=${() => acts.turn(this.panel, turn, "decline")}>
          ${t("invite.decline")}
        </button>
      </div>
      <div class="invite-foot">
        ${turn.expires_at
          ? html`<span class="note"><time-count until=${turn.expires_at}></time-count> ${t("invite.left")}</span>
              ${turn.is_extended
                ? nothing
                : html`<button class="btn quiet" ?disabled=${isBusy} @click=${() => acts.turn(this.panel, turn, "extend")}>
                    ${t("invite.more")}
                  </button>`}`
          : html`<span class="note">${t("invite.no_limit")}</span>`}
      </div>
    </dialog>`;
  }
}
customElements.define("invite-dialog", InviteDialog);
