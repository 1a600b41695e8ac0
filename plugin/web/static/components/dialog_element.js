/** A native dialog that gives the focus back where it came from. */

import { PanelElement } from "./element.js";

export class DialogElement extends PanelElement {
  static properties = { ...PanelElement.properties, isOpen: { state: true } };

  constructor() {
    super();
    this.isOpen = false;
    /** @type {HTMLElement | null} */
    this.cameFrom = null;
  }

  get dialog() {
    return /** @type {HTMLDialogElement | null} */ (this.querySelector("dialog"));
  }

  /** Open it; the focus returns to what had it. */
  async show() {
    this.cameFrom = /** @type {HTMLElement | null} */ (document.activeElement);
    this.isOpen = true;
    await this.updateComplete;
    if (!this.dialog || this.dialog.open) return;
    this.dialog.showModal();
    // On the title, so that a key already on its way cannot press a button that was not there a moment ago.
    /** @type {HTMLElement | null} */ (this.dialog.querySelector("[data-focus], h2"))?.focus();
  }

  close() {
    this.dialog?.close();
  }

  /** Drawn on the dialog's own `close`, however it came about. */
  closed() {
    this.isOpen = false;
    if (this.cameFrom?.isConnected) this.cameFrom.focus();
  }
}
