/** While I am on air: a still line with a number, in place of every sound and preview. */

import { t } from "../messages.js";
import { html, nothing } from "../vendor/lit.js";
import { PanelElement } from "./element.js";

export class AirStrip extends PanelElement {
  render() {
    const { correspondence } = this.panel;
    if (!correspondence.airSeqs) return nothing;
    const count = correspondence.heldCount;
    return html`<div class="strip air still">
      <span class="grow">${t("air.on")}</span>
      <span class="held">${t("air.held", { count })}</span>
      ${count ? html`<button class="btn small" @click=${() => correspondence.reveal()}>${t("air.show")}</button>` : nothing}
    </div>`;
  }
}
customElements.define("air-strip", AirStrip);
