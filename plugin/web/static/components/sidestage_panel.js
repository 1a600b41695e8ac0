/** The whole panel: header, views, dialogs, and the states in which there is no room to show. */

import * as chats from "../chats.js";
import * as conversations from "../conversations.js";
import { t } from "../messages.js";
import * as store from "../store.js";
import { html, nothing } from "../vendor/lit.js";
import { PanelElement } from "./element.js";
import { roomHeader } from "./room_header.js";
import "./hand_dialog.js";
import "./invite_dialog.js";
import "./question_composer.js";
import "./question_list.js";
import "./status_line.js";
import "./time_elements.js";
import "./undo_bar.js";

/** @typedef {"desk" | "hosts" | "questions" | "chats" | "mine" | "people"} View */

/** What only some people need comes when they need it. @type {Record<string, () => Promise<unknown>>} */
const LATER = {
  "chats-list": () => import("./chats_list.js"),
  "guest-form": () => import("./guest_form.js"),
  "host-desk": () => import("./host_desk.js"),
  "my-questions": () => import("./my_questions.js"),
  "people-list": () => import("./people_list.js"),
  "settings-dialog": () => import("./settings_dialog.js"),
};

const WIDE = matchMedia("(min-width: 900px)");

export class SidestagePanel extends PanelElement {
  static properties = { ...PanelElement.properties, view: { state: true }, theme: { attribute: false }, reload: { attribute: false } };

  constructor() {
    super();
    /** @type {View | null} */
    this.view = null;
    this.theme = "auto";
    this.unreadSeen = 0;
    /** Try again from the start. @type {() => void} */
    this.reload = () => {};
  }

  connectedCallback() {
    super.connectedCallback();
    WIDE.addEventListener("change", this.redraw);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    WIDE.removeEventListener("change", this.redraw);
  }

  /** Whether this element is here; if not, it is fetched, and the panel drawn again. @param {string} name */
  #has(name) {
    if (customElements.get(name)) return true;
    LATER[name]().then(this.redraw, () => this.panel.show("failed", t("error.offline")));
    return false;
  }

  async #openSettings() {
    await LATER["settings-dialog"]();
    this.requestUpdate();
    await this.updateComplete;
    /** @type {any} */ (this.querySelector("settings-dialog")).show();
  }

  render() {
    const { phase } = this.panel;
    if (phase === "starting") return skeleton();
    if (phase === "guest") return this.#has("guest-form") ? html`<guest-form .panel=${this.panel}></guest-form>` : skeleton();
    if (phase !== "ready") return this.#message();
    if (store.isBackstage(this.state) && !this.#has("host-desk")) return skeleton();
    return this.#room();
  }

  #message() {
    const { phase, sentence } = this.panel;
    const retry = html`<button class="btn primary" @click=${() => this.reload()}>${t("panel.try_again")}</button>`;
    if (phase === "waiting") return page(t("error.waiting_title"), t("error.waiting"));
    if (phase === "removed") return page(t("error.removed_title"), t("error.removed"));
    if (phase === "signed_out") return page(t("error.signed_out_title"), t("error.signed_out"), retry);
    return page(t("error.boot_title"), sentence, retry);
  }

  /** The hosts' conversation, which only they have. */
  get backchannel() {
    return conversations.backchannel(this.panel.correspondence.held, this.state.session.id);
  }

  /** @returns {View[]} */
  get views() {
    const views = this.#roomViews;
    const { chats: known, me } = this.state;
    return known.isOffered && !me.is_guest ? [...views.slice(0, views.indexOf("questions") + 1), "chats", ...views.slice(views.indexOf("questions") + 1)] : views;
  }

  /** What the room itself has to show. @returns {View[]} */
  get #roomViews() {
    const isHost = store.isBackstage(this.state);
    if (isHost && this.backchannel) return WIDE.matches ? ["desk", "questions", "people", "mine"] : ["desk", "hosts", "questions", "people"];
    if (isHost) return WIDE.matches ? ["desk", "questions", "mine"] : ["desk", "questions", "people"];
    return WIDE.matches ? ["questions"] : ["questions", "mine", "people"];
  }

  #room() {
    const { views } = this;
    const view = this.view && views.includes(this.view) ? this.view : views[0];
    const dialog = (/** @type {string} */ name) => () => /** @type {any} */ (this.querySelector(name))?.show();
    const tabs = views.length > 1 ? this.#tabs(views, view) : nothing;
    const parts = { tabs, raise: dialog("hand-dialog"), settings: () => void this.#openSettings() };
    const { panel } = this;
    return html`<div
      class="panel ${panel.isStale ? "stale" : ""} ${store.isBackstage(this.state) ? "is-host" : ""} view-${view}"
      @answer-invite=${dialog("invite-dialog")}
      @open-chat=${(/** @type {CustomEvent} */ event) => void this.#chats((list) => list.openPerson(event.detail))}
      @start-room-mates=${() => void this.#chats((list) => list.startRoomMates())}
    >
      <a class="skip" href="#questions" @click=${(/** @type {Event} */ event) => this.#skip(event, "#questions")}>${t("panel.skip_to_list")}</a>
      <a class="skip" href="#ask" @click=${(/** @type {Event} */ event) => this.#skip(event, "question-composer textarea")}>${t("panel.skip_to_composer")}</a>
      ${roomHeader(panel, parts)}
      <status-line .panel=${panel}></status-line>
      ${store.isBackstage(this.state) ? html`<air-strip .panel=${panel}></air-strip>` : nothing}
      <main class="view" ?data-lone=${views.length === 1} role=${views.length > 1 ? "tabpanel" : "main"} id="view" aria-label=${t(`tabs.${view}`)}>
        ${this.#view(view)}
      </main>
      <undo-bar .panel=${panel}></undo-bar>
      <invite-dialog .panel=${panel}></invite-dialog>
      <hand-dialog .panel=${panel}></hand-dialog>
      ${customElements.get("settings-dialog")
        ? html`<settings-dialog .panel=${panel} .theme=${this.theme}></settings-dialog>`
        : nothing}
    </div>`;
  }

  /** @param {View} view */
  #view(view) {
    const { panel } = this;
    const hasHosts = Boolean(this.backchannel);
    const isWithPeople = WIDE.matches && !hasHosts;
    if (view === "desk" && isWithPeople) this.#has("people-list");
    if (view === "desk") return html`<host-desk .panel=${panel} ?withPeople=${isWithPeople} ?withHosts=${WIDE.matches && hasHosts}></host-desk>`;
    if (view === "chats") return this.#has("chats-list") ? html`<chats-list .panel=${panel}></chats-list>` : html`<p class="note opening" role="status">${t("chats.loading")}</p>`;
    if (view === "hosts") return html`<hosts-box .panel=${panel}></hosts-box>`;
    if (view === "mine") return this.#mine();
    if (view === "people") return this.#people();
    const isAlone = WIDE.matches && !store.isBackstage(this.state);
    return html`<div class="column">
        <question-list .panel=${panel}></question-list>
        <question-composer .panel=${panel}></question-composer>
      </div>
      ${isAlone ? this.#beside() : nothing}`;
  }

  #beside() {
    return html`<aside class="beside">
      <section aria-labelledby="beside-mine">
        <div class="sec"><h2 id="beside-mine">${t("mine.label")}</h2></div>
        ${this.#mine()}
      </section>
      <section aria-labelledby="beside-people">
        <div class="sec"><h2 id="beside-people">${t("tabs.people")}</h2></div>
        ${this.#people()}
      </section>
    </aside>`;
  }

  #mine() {
    return this.#has("my-questions") ? html`<my-questions .panel=${this.panel}></my-questions>` : nothing;
  }

  #people() {
    return this.#has("people-list") ? html`<people-list .panel=${this.panel}></people-list>` : nothing;
  }

  /** Show the chats, then do something there. @param {(list: import("./chats_list.js").ChatsList) => unknown} run */
  async #chats(run) {
    await LATER["chats-list"]();
    this.view = "chats";
    this.requestUpdate();
    await this.updateComplete;
    const list = /** @type {import("./chats_list.js").ChatsList | null} */ (this.querySelector("chats-list"));
    if (list) run(list);
  }

  /** @param {View[]} views @param {View} current */
  #tabs(views, current) {
    const counts = this.#counts();
    return html`<div class="tabs" role="tablist" aria-label=${t("tabs.label")} @keydown=${this.#tabKey}>
      ${views.map(
        (view) =>
          html`<button
            class="tab ${view === "hosts" ? "hosts" : ""}"
            role="tab"
            id="tab-${view}"
            aria-selected=${view === current ? "true" : "false"}
            aria-controls="view"
            tabindex=${view === current ? "0" : "-1"}
            @click=${() => (this.view = view)}
          >
            ${t(`tabs.${view}`)}${counts[view] ? html`<span class="n">${counts[view]}</span>` : nothing}
          </button>`,
      )}
    </div>`;
  }

  /** @returns {Partial<Record<View, number>>} */
  #counts() {
    const { state } = this;
    const mine = store.myQuestions(state).filter((question) => ["pending", "open", "queued", "on_stage"].includes(question.state));
    return { mine: mine.length, desk: store.reviewQueue(state).length, hosts: this.backchannel?.unread_count ?? 0, chats: this.#unreadChats() };
  }

  /** On air the number stands still. */
  #unreadChats() {
    const { correspondence } = this.panel;
    if (!correspondence.airSeqs) this.unreadSeen = chats.unread(correspondence.held);
    return this.unreadSeen;
  }

  /** @param {KeyboardEvent} event */
  #tabKey(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const tabs = Array.from(/** @type {HTMLElement} */ (event.currentTarget).querySelectorAll("button"));
    const at = tabs.indexOf(/** @type {any} */ (event.target));
    if (!step || at < 0) return;
    event.preventDefault();
    const direction = document.dir === "rtl" ? -step : step;
    const next = tabs[(at + direction + tabs.length) % tabs.length];
    next.click();
    next.focus();
  }

  /** @param {Event} event @param {string} target */
  #skip(event, target) {
    event.preventDefault();
    /** @type {HTMLElement | null} */ (this.querySelector(target))?.focus();
  }
}

/** A screen with one thing to say. @param {string} title @param {string} text @param {unknown} [action] */
const page = (title, text, action = nothing) =>
  html`<main class="page"><h1>${title}</h1><p>${text}</p>${action}</main>`;

/** The panel's own shape while it opens: nothing jumps when the room arrives. */
const skeleton = () =>
  html`<div class="panel skeleton" aria-busy="true">
    <span class="unseen" role="status">${t("panel.loading")}</span>
    <div class="top"><div class="titles"><div class="bone title"></div><div class="bone short"></div></div><div class="bone button"></div></div>
    <div class="tabs"><div class="bone tabbone"></div><div class="bone tabbone"></div></div>
    <div class="scroll">
      ${[1, 2, 3, 4].map(() => html`<div class="row"><div class="bone box"></div><div class="body"><div class="bone"></div><div class="bone half"></div></div></div>`)}
    </div>
    <div class="composer"><div class="bone short"></div><div class="bone field-bone"></div></div>
  </div>`;

customElements.define("sidestage-panel", SidestagePanel);
