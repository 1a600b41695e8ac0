/** Raising a hand, with a word about why. */

import * as acts from "../acts.js";
import { t } from "../messages.js";
import * as store from "../store.js";
import { html, nothing } from "../vendor/lit.js";
import { DialogElement } from "./dialog_element.js";
import { icon, trouble } from "./parts.js";

const REASON_MAX = 140;

export class HandDialog extends DialogElement {
  /** @param {Event} event */
  async #raise(event) {
    event.preventDefault();
    const form = new FormData(/** @type {HTMLFormElement} */ (event.target));
    const wish = { reason: String(form.get("reason") ?? "").trim(), questionId: String(form.get("question") ?? "") };
    if ((await acts.raiseHand(this.panel, wish)) !== undefined) this.close();
  }

  render() {
    if (!this.isOpen) return html`<dialog class="dialog" @close=${() => this.closed()}></dialog>`;
    const open = store.myQuestions(this.state).filter(({ state }) => state === "open" || state === "queued");
    return html`<dialog class="dialog" aria-labelledby="hand-title" @close=${() => this.closed()}>
      <form @submit=${this.#raise}>
        <h2 id="hand-title" tabindex="-1">${t("hand.title")}</h2>
        <label class="labelled"
          ><span>${t("hand.reason")}</span>
          <input name="reason" maxlength=${REASON_MAX} dir="auto" autocomplete="off" />
          <small>${t("hand.reason_hint", { count: REASON_MAX })}</small></label
        >
        ${open.length
          ? html`<label class="labelled"
              ><span>${t("hand.question")}</span>
              <select name="question">
                <option value="">${t("hand.no_question")}</option>
                ${open.map(
                  ({ id, number, text }) =>
                    html`<option value=${id}>${t("question.number", { number: String(number) })} ${text.slice(0, 60)}</option>`,
                )}
              </select></label
            >`
          : nothing}
        <p class="assure">${icon("people")} ${t("hand.explain")}</p>
        ${trouble(this.panel, "hand")}
        <div class="acts end">
          <button type="button" class="btn" @click=${() => this.close()}>${t("panel.cancel")}</button>
          <button class="btn primary" ?disabled=${this.panel.busy.has("hand")}>${t("hand.raise")}</button>
        </div>
      </form>
    </dialog>`;
  }
}
customElements.define("hand-dialog", HandDialog);
