/** A guest's way in: a name, and what happens with it. */

import { t } from "../messages.js";
import { html } from "../vendor/lit.js";
import { PanelElement } from "./element.js";
import { icon, trouble } from "./parts.js";

const NAME_MAX = 60;

export class GuestForm extends PanelElement {
  /** @param {Event} event */
  #join(event) {
    event.preventDefault();
    const name = String(new FormData(/** @type {HTMLFormElement} */ (event.target)).get("name") ?? "").trim();
    if (name) this.dispatchEvent(new CustomEvent("join", { detail: name, bubbles: true }));
  }

  render() {
    return html`<main class="page">
      <form class="guest" @submit=${this.#join}>
        <h1>${t("guest.title")}</h1>
        <label class="labelled"
          ><span>${t("guest.name")}</span>
          <input name="name" required maxlength=${NAME_MAX} autocomplete="name" dir="auto" autofocus
        /></label>
        <p class="assure">${icon("people")} ${t("guest.explain")}</p>
        ${trouble(this.panel, "guest")}
        <button class="btn primary wide" ?disabled=${this.panel.busy.has("guest")}>${t("guest.join")}</button>
      </form>
    </main>`;
  }
}
customElements.define("guest-form", GuestForm);
