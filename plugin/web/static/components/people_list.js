/** Who is here, by what they do; hosts find what they may do with each person. */

import * as acts from "../acts.js";
import * as chats from "../chats.js";
import { named, t } from "../messages.js";
import * as store from "../store.js";
import { html, nothing, repeat } from "../vendor/lit.js";
import { ask } from "./confirm_dialog.js";
import { PanelElement } from "./element.js";
import { empty, face, icon, person, trouble } from "./parts.js";

/** @import { Participant } from "../objects.d.ts" */
/** @typedef {{ key: import("../messages.js").Key, run: () => unknown, look?: string }} Offer */

const PAGE = 60;

export class PeopleList extends PanelElement {
  static properties = { ...PanelElement.properties, opened: { state: true }, drawn: { state: true } };

  constructor() {
    super();
    this.opened = "";
    this.drawn = PAGE;
  }

  render() {
    const { hosts, speakers, listeners } = store.people(this.state);
    const { quiet_count, present_count } = this.state.session;
    const isAlone = hosts.length + speakers.length + listeners.length <= 1 && quiet_count === 0;
    const known = hosts.length + speakers.length + listeners.length;
    const unnamed = Math.max(0, present_count - quiet_count - known);
    return html`<div class="scroll people" tabindex="0" role="region" aria-label=${t("tabs.people")}>
      ${this.#followedHere()}
      ${this.#group(t("people.hosts"), hosts)} ${this.#group(t("people.speakers"), speakers)}
      ${this.#group(t("people.listeners"), listeners.slice(0, this.drawn))}
      ${listeners.length > this.drawn
        ? html`<button class="btn" @click=${() => (this.drawn += PAGE)}>${t("list.more")}</button>`
        : nothing}
      ${unnamed > 0 ? html`<p class="note">${t("people.more", { count: unnamed })}</p>` : nothing}
      ${quiet_count ? html`<p class="note">${t("people.quiet", { count: quiet_count })}</p>` : nothing}
      ${isAlone ? empty(t("people.empty_title"), t("people.empty")) : nothing}
    </div>`;
  }

  /** How many here I follow, and the chat with them. */
  #followedHere() {
    const count = this.#hasChats ? chats.followedHere(this.state).length : 0;
    if (!count) return nothing;
    const start = () => this.dispatchEvent(new CustomEvent("start-room-mates", { bubbles: true }));
    return html`<div class="sec followed-here">
      <p class="note">${t("people.followed_here", { count })}</p>
      ${count > 1 ? html`<button class="btn small" @click=${start}>${t("people.chat_with", { count })}</button>` : nothing}
    </div>`;
  }

  get #hasChats() {
    return this.state.chats.isOffered && !this.state.me.is_guest;
  }

  /** @param {Participant} one */
  #followButton(one) {
    const { followed, blocked } = this.state.chats;
    if (!this.#canRelate(one) || blocked[one.account_id] || !this.state.room.follows_available) return nothing;
    const isOn = Boolean(followed[one.account_id]);
    return html`<button
      class="btn small follow"
      aria-pressed=${isOn ? "true" : "false"}
      aria-label=${t(isOn ? "people.unfollow_name" : "people.follow_name", { name: one.name })}
      ?disabled=${this.panel.busy.has(one.account_id)}
      @click=${() => acts.follow(this.panel, one.account_id, !isOn)}
    >
      ${isOn ? icon("check") : nothing} ${t(isOn ? "people.following" : "people.follow")}
    </button>`;
  }

  /** @param {Participant} one */
  #canRelate(one) {
    return this.#hasChats && !one.is_guest && one.account_id !== this.state.me.account_id;
  }

  /** @param {string} title @param {Participant[]} group */
  #group(title, group) {
    if (!group.length) return nothing;
    return html`<section class="group">
      <div class="sec"><h3>${title}</h3><small>${group.length}</small></div>
      <ul class="persons" role="list">
        ${repeat(group, ({ id }) => id, (one) => html`<li>${this.#person(one)}</li>`)}
      </ul>
    </section>`;
  }

  /** @param {Participant} one */
  #person(one) {
    const isMe = one.id === this.state.me.participant_id;
    const offers = this.#offers(one);
    const isOpen = this.opened === one.id;
    return html`<div class="person-row">
        ${face(one.name)}
        <div class="grow">
          <p class="who-line">${person(one.name)}${isMe ? html` <span class="note">${t("people.you")}</span>` : nothing}</p>
          ${this.#marks(one)}
        </div>
        ${this.#followButton(one)}
        ${offers.length
          ? html`<button
              class="btn quiet square"
              aria-expanded=${isOpen ? "true" : "false"}
              aria-label=${t("people.actions", { name: one.name })}
              @click=${() => (this.opened = isOpen ? "" : one.id)}
            >
              ${icon("more")}
            </button>`
          : nothing}
      </div>
      ${isOpen ? this.#acts(one, offers) : nothing} ${trouble(this.panel, one.id)} ${trouble(this.panel, one.account_id)}`;
  }

  /** @param {Participant} one */
  #marks(one) {
    const role = one.role === "listener" ? "" : named(`people.${one.role}`, {}, one.role);
    const voice = one.is_audible ? t("people.audible") : one.can_speak ? t("people.can_speak") : "";
    return html`<div class="meta">
      ${role ? html`<span class="chip ${one.role === "host" || one.role === "cohost" ? "hosts" : ""}">${role}</span>` : nothing}
      ${this.state.chats.blocked[one.account_id] ? html`<span class="chip away">${t("people.blocked")}</span>` : nothing}
      ${one.is_guest ? html`<span class="chip">${t("people.guest")}</span>` : nothing}
      ${voice ? html`<span class="voiced ${one.is_audible ? "on" : ""}">${icon(one.is_audible ? "mic" : "muted")} ${voice}</span>` : nothing}
      ${one.role_is_set_here ? html`<span>${t("people.set_here")}</span>` : nothing}
    </div>`;
  }

  /** What I may do with this person now. @param {Participant} one @returns {Offer[]} */
  #offers(one) {
    const { panel } = this;
    const may = acts.powers(panel, one);
    const can = (/** @type {string} */ capability) => this.state.room.capabilities.includes(capability);
    const isOnWay = store.isTurnOpen(store.turnOfPerson(this.state, one.id));
    const role = (/** @type {string} */ to) => () => acts.setRole(panel, one, to);
    const canRelate = this.#canRelate(one);
    const isBlocked = Boolean(this.state.chats.blocked[one.account_id]);
    const { account_id, name } = one;
    const write = () => this.dispatchEvent(new CustomEvent("open-chat", { bubbles: true, detail: { account_id, name } }));
    /** @type {[boolean, Offer][]} */
    const all = [
      [canRelate && !isBlocked, { key: "people.write", run: write }],
      [may.invite && !isOnWay, { key: "people.invite", run: () => acts.invite(panel, one.id) }],
      [may.manage && one.can_speak && can("participant.mute"), { key: "people.mute", run: () => acts.person(panel, one, "mute") }],
      [may.manage && one.can_speak, { key: "people.to_audience", run: () => acts.person(panel, one, "to-audience") }],
      [may.cohost && one.role !== "cohost", { key: "people.make_cohost", run: role("cohost") }],
      [may.cohost && one.role === "cohost", { key: "people.make_listener", run: role("listener") }],
      [may.producer && one.role !== "producer", { key: "people.make_producer", run: role("producer") }],
      [may.producer && one.role === "producer", { key: "people.end_producer", run: role("listener") }],
      [may.remove && can("participant.remove"), { key: "people.remove", run: () => this.#remove(one), look: "danger" }],
      [canRelate && !isBlocked, { key: "people.block", run: () => acts.block(panel, account_id, true), look: "danger" }],
      [canRelate && isBlocked, { key: "people.unblock", run: () => acts.block(panel, account_id, false) }],
    ];
    return all.filter(([isOffered]) => isOffered).map(([, offer]) => offer);
  }

  /** @param {Participant} one @param {Offer[]} offers */
  #acts(one, offers) {
    const isBusy = this.panel.busy.has(one.id);
    return html`<div class="acts inset">
      ${offers.map(({ key, run, look = "" }) => html`<button class="btn small ${look}" ?disabled=${isBusy} @click=${run}>${t(key)}</button>`)}
    </div>`;
  }

  /** @param {Participant} one */
  async #remove(one) {
    const params = { name: one.name };
    const words = { title: t("people.remove_title", params), text: t("people.remove_explain", params), yes: t("people.remove_confirm") };
    if (await ask(words)) await acts.person(this.panel, one, "remove");
  }
}
customElements.define("people-list", PeopleList);
