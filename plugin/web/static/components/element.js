/** What every component of the panel shares: drawn in the page itself (one style sheet, one set of ids), redrawn on change. */

import { LitElement } from "../vendor/lit.js";

/** @import { Panel } from "../panel.js" */
/** @import { State } from "../objects.d.ts" */

export class PanelElement extends LitElement {
  static properties = { panel: { attribute: false } };

  constructor() {
    super();
    /** @type {Panel} */
    this.panel = /** @type {any} */ (undefined);
    this.redraw = () => this.requestUpdate();
    // A time that has run out is a change, too.
    this.addEventListener("done", this.redraw);
  }

  createRenderRoot() {
    return this;
  }

  connectedCallback() {
    super.connectedCallback();
    this.panel?.addEventListener("change", this.redraw);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.panel?.removeEventListener("change", this.redraw);
  }

  /** The room as it is known now; components are only drawn once it is. @returns {State} */
  get state() {
    return /** @type {State} */ (this.panel.state);
  }
}
