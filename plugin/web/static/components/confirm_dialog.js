/** The one question before a person is removed or something ends for good; everything else can be undone instead. */

import { t } from "../messages.js";
import { html, render } from "../vendor/lit.js";

/** @param {{title: string, text: string, yes: string}} words @returns {Promise<boolean>} */
export function ask({ title, text, yes }) {
  const before = /** @type {HTMLElement | null} */ (document.activeElement);
  const dialog = document.createElement("dialog");
  dialog.className = "dialog";
  dialog.setAttribute("aria-labelledby", "confirm-title");
  render(
    html`<form method="dialog">
      <h2 id="confirm-title">${title}</h2>
      <p>${text}</p>
      <div class="acts end">
        <button class="btn" value="no" autofocus>${t("panel.cancel")}</button>
        <button class="btn danger" value="yes">${yes}</button>
      </div>
    </form>`,
    dialog,
  );
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      before?.focus();
      resolve(dialog.returnValue === "yes");
    });
  });
}
