/** Whom to write to: people one may write to at once, or several of them, and of those here, as a group. */

import { t } from "../messages.js";
import { html, nothing, repeat } from "../vendor/lit.js";
import { PanelElement } from "./element.js";
import { empty, face, person, trouble } from "./parts.js";

/** @typedef {{ account_id: string, name: string }} Person */

const PLACE = "new-chat";
const LOOK_MS = 250;

export class NewChat extends PanelElement {
  static properties = {
    ...PanelElement.properties,
    people: { state: true },
    query: { state: true },
    isGroup: { state: true },
    chosen: { state: true },
    name: { state: true },
  };

  constructor() {
    super();
    /** @type {Person[] | null} */
    this.people = null;
    this.query = "";
    this.isGroup = false;
    /** @type {Map<string, string>} */
    this.chosen = new Map();
    this.name = "";
    /** @type {any} */
    this.timer = undefined;
  }

  connectedCallback() {
    super.connectedCallback();
    void this.#look();
  }

  async #look() {
    const { query } = this;
    const found = await this.panel.api.get("/chats/people", { query: { q: query } }).catch(() => ({ items: [] }));
    if (query === this.query) this.people = found.items;
  }

  /** @param {Event} event */
  #typed(event) {
    this.query = /** @type {HTMLInputElement} */ (event.target).value;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.#look(), LOOK_MS);
  }

  /** Those I may write to; for a group also those who are here and would be asked. @returns {Person[]} */
  get #offered() {
    const known = this.people ?? [];
    if (!this.isGroup) return known;
    const { me, chats, participants } = this.state;
    const part = this.query.trim().toLowerCase();
    const here = Object.values(participants).filter(
      ({ account_id, name, is_guest, is_present, is_quiet }) =>
        is_present && !is_quiet && !is_guest && account_id !== me.account_id && !chats.blocked[account_id] && name.toLowerCase().includes(part),
    );
    const ids = new Set(known.map(({ account_id }) => account_id));
    return [...known, ...here.filter(({ account_id }) => !ids.has(account_id))];
  }

  /** @param {Person} one */
  #toggle(one) {
    const chosen = new Map(this.chosen);
    if (!chosen.delete(one.account_id)) chosen.set(one.account_id, one.name);
    this.chosen = chosen;
  }

  async #start() {
    const body = { account_ids: [...this.chosen.keys()], name: this.name.trim() || null };
    const answer = await this.panel.act(PLACE, () => this.panel.api.write("POST", "/chats/groups", body));
    if (answer) this.dispatchEvent(new CustomEvent("chat-started", { bubbles: true, detail: answer.conversation }));
  }

  render() {
    const offered = this.#offered;
    return html`<div class="scroll new-chat" tabindex="0" role="region" aria-label=${t("chats.new_title")}>
      <label class="labelled">
        <span>${t("chats.people_label")}</span>
        <input type="search" maxlength="100" .value=${this.query} @input=${this.#typed} />
        <small>${t(this.isGroup ? "chats.group_hint" : "chats.people_hint")}</small>
      </label>
      <label class="switch">
        <input type="checkbox" .checked=${this.isGroup} @change=${() => (this.isGroup = !this.isGroup)} />
        <span>${t("chats.group_start")}</span>
      </label>
      ${this.isGroup ? this.#groupHead() : nothing} ${trouble(this.panel, PLACE)} ${this.#list(offered)}
    </div>`;
  }

  #groupHead() {
    const count = this.chosen.size;
    const isFit = count >= 2 && count < this.state.chats.groupMax;
    return html`<label class="labelled">
        <span>${t("chats.group_name")}</span>
        <input maxlength="60" .value=${this.name} @input=${(/** @type {any} */ event) => (this.name = event.target.value)} />
        <small>${t("chats.group_name_hint")}</small>
      </label>
      <button class="btn primary" ?disabled=${!isFit || this.panel.busy.has(PLACE)} @click=${() => this.#start()}>${t("chats.group_go", { count })}</button>`;
  }

  /** @param {Person[]} offered */
  #list(offered) {
    if (this.people === null) return html`<p class="note" role="status">${t("chats.loading")}</p>`;
    if (!offered.length && this.query) return html`<p class="note" role="status">${t("chats.people_none")}</p>`;
    if (!offered.length) return empty(t("chats.people_empty_title"), t("chats.people_empty"));
    return html`<ul class="persons" role="list" aria-label=${t("chats.group_people")}>
      ${repeat(offered, ({ account_id }) => account_id, (one) => html`<li>${this.isGroup ? this.#box(one) : this.#button(one)}</li>`)}
    </ul>`;
  }

  /** @param {Person} one */
  #button(one) {
    const open = () => this.dispatchEvent(new CustomEvent("open-chat", { bubbles: true, detail: one }));
    return html`<button class="chat-row" @click=${open}>${face(one.name)}<span class="grow chat-name">${person(one.name)}</span></button>`;
  }

  /** @param {Person} one */
  #box(one) {
    const isOn = this.chosen.has(one.account_id);
    return html`<label class="switch person-box">
      <input type="checkbox" .checked=${isOn} @change=${() => this.#toggle(one)} />
      ${face(one.name, "small")}<span class="grow">${person(one.name)}</span>
    </label>`;
  }
}
customElements.define("new-chat", NewChat);
