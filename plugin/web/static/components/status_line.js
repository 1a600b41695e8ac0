/** How old what you see is, when it is not live; and where I stand with the stage. */

import * as acts from "../acts.js";
import { t } from "../messages.js";
import * as store from "../store.js";
import { inUnits, now } from "../time.js";
import { html, nothing } from "../vendor/lit.js";
import { PanelElement } from "./element.js";
import { icon, trouble } from "./parts.js";
import { deadline, standing } from "./stage_journey.js";

export class StatusLine extends PanelElement {
  connectedCallback() {
    super.connectedCallback();
    this.timer = setInterval(() => this.panel.isStale && this.requestUpdate(), 1000);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    clearInterval(this.timer);
  }

  render() {
    return html`${this.panel.isStale ? this.#stale() : nothing} ${this.#stage()} ${this.#hand()}`;
  }

  #stale() {
    const seconds = Math.max(1, Math.round((Date.now() - this.panel.socket.heardAt) / 1000));
    const age = seconds < 60 ? inUnits(seconds, "second") : inUnits(Math.floor(seconds / 60), "minute");
    if (this.panel.status === "catching_up") return html`<div class="strip plain"><span>${t("status.catching_up")}</span></div>`;
    const words = navigator.onLine ? t("status.offline", { age }) : t("status.no_network", { age });
    return html`<div class="strip plain"><span><span class="pulse" aria-hidden="true"></span>${words}</span></div>`;
  }

  #stage() {
    const turn = store.myTurn(this.state);
    if (!turn) return nothing;
    const at = standing(turn, now());
    const act = (/** @type {"accept" | "decline" | "end"} */ verb) => () => acts.turn(this.panel, turn, verb);
    const isBusy = this.panel.busy.has(turn.id);
    if (at === "invited") {
      const open = () => this.dispatchEvent(new CustomEvent("answer-invite", { bubbles: true }));
      return html`<div class="strip air">
        <span class="grow">${t("invite.strip")}${turn.expires_at ? html` · <time-count until=${turn.expires_at}></time-count>` : nothing}</span>
        <button class="btn small" @click=${open}>${t("invite.answer")}</button>
      </div>`;
    }
    const words = { accepted: t("invite.connecting"), on_stage: t("invite.on_stage_muted"), audible: t("invite.on_air") };
    const sentence = /** @type {Record<string, string>} */ (words)[at] ?? t("invite.failed");
    const isOn = at === "on_stage" || at === "audible";
    return html`<div class="strip air" role="status">
        <span class="grow">${icon(at === "audible" ? "mic" : "muted")} ${sentence}${at === "accepted" ? deadline(turn) : nothing}</span>
        ${isOn ? html`<button class="btn small" ?disabled=${isBusy} @click=${act("end")}>${t("invite.leave")}</button>` : nothing}
      </div>
      ${trouble(this.panel, turn.id)}`;
  }

  #hand() {
    const mine = store.myHand(this.state);
    const found = this.panel.troubles.has("hand") ? trouble(this.panel, "hand") : nothing;
    if (!mine) return found;
    const { place, of, hand } = mine;
    return html`<div class="strip mine">
        <span class="grow">${icon("hand")} ${t("hand.place", { place, of })}</span>
        <button class="btn small" ?disabled=${this.panel.busy.has("hand")} @click=${() => acts.lowerMine(this.panel, hand)}>
          ${t("hand.lower")}
        </button>
      </div>
      ${found}`;
  }
}
customElements.define("status-line", StatusLine);
