/** Ten seconds to take back what a host just did, or as long as that person needs. */

import * as acts from "../acts.js";
import { t } from "../messages.js";
import { millis, now } from "../time.js";
import { html, nothing } from "../vendor/lit.js";
import { PanelElement } from "./element.js";

export class UndoBar extends PanelElement {
  #over() {
    this.panel.undoable = null;
    this.panel.changed();
  }

  render() {
    const undoable = this.panel.undoable;
    if (!undoable) return nothing;
    const { sentence, until } = undoable;
    if (until && millis(until) <= now()) return nothing;
    return html`<div class="undo" role="status">
      <span class="grow">${sentence}</span>
      ${until ? html`<time-count class="faint" aria-hidden="true" until=${until} @done=${() => this.#over()}></time-count>` : nothing}
      <button class="btn small" @click=${() => acts.undo(this.panel)}>${t("desk.undo")}</button>
      ${until ? nothing : html`<button class="btn quiet small" @click=${() => this.#over()}>${t("panel.dismiss")}</button>`}
    </div>`;
  }
}
customElements.define("undo-bar", UndoBar);
