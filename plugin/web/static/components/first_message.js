/** The first message to a person: nothing exists for anybody until it is sent. */

import { newKey } from "../api.js";
import { t } from "../messages.js";
import { html, live, nothing } from "../vendor/lit.js";
import { PanelElement } from "./element.js";
import { empty, trouble } from "./parts.js";

export class FirstMessage extends PanelElement {
  static properties = { ...PanelElement.properties, person: { attribute: false }, text: { state: true }, refusal: { state: true } };

  constructor() {
    super();
    this.person = { account_id: "", name: "" };
    this.text = "";
    /** Why nobody may write here; null while it is not known. @type {string | null} */
    this.refusal = null;
    this.key = newKey();
  }

  /** @param {Map<string, unknown>} changes */
  willUpdate(changes) {
    if (!changes.has("person")) return;
    this.text = "";
    this.refusal = null;
    this.key = newKey();
    void this.#look(this.person.account_id);
  }

  /** @param {string} accountId */
  async #look(accountId) {
    const found = await this.panel.api.get(`/chats/direct/${accountId}`).catch((error) => ({ can: { post_refusal: error } }));
    if (accountId !== this.person.account_id) return;
    if (found.conversation_id) return void this.#show(found.conversation_id);
    this.refusal = found.can.post_refusal?.message ?? "";
  }

  /** There is one already, further down than the list was read. @param {string} id */
  async #show(id) {
    const conversation = await this.panel.api.get(`/conversations/${id}`).catch(() => null);
    if (conversation) this.#started(conversation);
  }

  /** @param {any} conversation */
  #started(conversation) {
    this.dispatchEvent(new CustomEvent("chat-started", { bubbles: true, detail: conversation }));
  }

  get #over() {
    return [...this.text].length - this.panel.correspondence.textMax;
  }

  /** @param {Event} [event] */
  async #send(event) {
    event?.preventDefault();
    const text = this.text.trim();
    if (!text || this.#over > 0) return;
    const { account_id } = this.person;
    const body = { text, client_id: this.key };
    const run = () => this.panel.api.write("POST", `/chats/direct/${account_id}/messages`, body, { key: this.key });
    const answer = await this.panel.act(account_id, run);
    if (answer) this.#started(answer.conversation);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    void this.#send();
  }

  /** @param {Event} event */
  #typed(event) {
    this.text = /** @type {HTMLTextAreaElement} */ (event.target).value;
    this.key = newKey(); // other words are another message
  }

  render() {
    const { name, account_id } = this.person;
    return html`<div class="talk-frame">
      <div class="talk">${empty(t("chats.first_title", { name }), t("chats.first", { name }))}</div>
      ${trouble(this.panel, account_id)}
      ${this.refusal ? html`<p class="composer over" role="status">${this.refusal}</p>` : this.#composer(name, account_id)}
    </div>`;
  }

  /** @param {string} name @param {string} accountId */
  #composer(name, accountId) {
    const isBusy = this.panel.busy.has(accountId);
    return html`<form class="composer" @submit=${(/** @type {Event} */ event) => this.#send(event)}>
      <div class="who"><span id="first-audience">${t("chats.to_person", { name })}</span></div>
      <div class="field">
        <textarea
          rows=${Math.min(5, 1 + Math.floor(this.text.length / 42))}
          aria-label=${t("chats.label", { name })}
          aria-describedby="first-audience first-note"
          placeholder=${t("chats.placeholder", { name })}
          dir="auto"
          .value=${live(this.text)}
          @input=${this.#typed}
          @keydown=${this.#key}
        ></textarea>
        <button class="btn send" ?disabled=${isBusy || this.#over > 0}>${t("talk.send")}</button>
      </div>
      <div class="under" id="first-note" role="status">
        ${isBusy ? t("talk.sending") : this.#over > 0 ? html`<span class="warned">${t("talk.over", { count: this.#over })}</span>` : nothing}
      </div>
    </form>`;
  }
}
customElements.define("first-message", FirstMessage);
