/** Who is here, by what they do; hosts find what they may do with each person. */

import * as acts from "../acts.js";
import { named, t } from "../messages.js";
import * as store from "../store.js";
import { html, nothing, repeat } from "../vendor/lit.js";
import { ask } from "./confirm_dialog.js";
import { PanelElement } from "./element.js";
import { empty, face, icon, person, trouble } from "./parts.js";

/** @import { Participant } from "../objects.d.ts" */

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
    const mayAct = acts.mayManagePeople(this.panel) && !isMe;
    const isOpen = this.opened === one.id;
    return html`<div class="person-row">
        ${face(one.name)}
        <div class="grow">
          <p class="who-line">${person(one.name)}${isMe ? html` <span class="note">${t("people.you")}</span>` : nothing}</p>
          ${this.#marks(one)}
        </div>
        ${mayAct
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
      ${mayAct && isOpen ? this.#acts(one) : nothing} ${trouble(this.panel, one.id)}`;
  }

  /** @param {Participant} one */
  #marks(one) {
    const role = one.role === "listener" ? "" : named(`people.${one.role}`, {}, one.role);
    const voice = one.is_audible ? t("people.audible") : one.can_speak ? t("people.can_speak") : "";
    return html`<div class="meta">
      ${role ? html`<span class="chip ${one.role === "host" || one.role === "cohost" ? "hosts" : ""}">${role}</span>` : nothing}
      ${one.is_guest ? html`<span class="chip">${t("people.guest")}</span>` : nothing}
      ${voice ? html`<span class="voiced ${one.is_audible ? "on" : ""}">${icon(one.is_audible ? "mic" : "muted")} ${voice}</span>` : nothing}
      ${one.role_is_set_here ? html`<span>${t("people.set_here")}</span>` : nothing}
    </div>`;
  }

  /** @param {Participant} one */
  #acts(one) {
    const { me, room } = this.state;
    const busy = this.panel.busy.has(one.id);
    const can = (/** @type {string} */ capability) => room.capabilities.includes(capability);
    const isHost = me.role === "host";
    const turn = store.turnOfPerson(this.state, one.id);
    const isHosting = one.role === "host" || one.role === "cohost";
    /** @type {[boolean, import("../messages.js").Key, () => unknown, string?][]} */
    const offers = [
      [!one.can_speak && !store.isTurnOpen(turn), "people.invite", () => acts.invite(this.panel, one.id)],
      [one.can_speak && can("participant.mute"), "people.mute", () => acts.person(this.panel, one, "mute")],
      [one.can_speak && one.role !== "host", "people.to_audience", () => acts.person(this.panel, one, "to-audience")],
      [isHost && !isHosting, "people.make_cohost", () => acts.setRole(this.panel, one, "cohost")],
      [isHost && one.role === "cohost", "people.make_listener", () => acts.setRole(this.panel, one, "listener")],
      [one.role !== "host" && can("participant.remove"), "people.remove", () => this.#remove(one), "danger"],
    ];
    return html`<div class="acts inset">
      ${offers
        .filter(([isOffered]) => isOffered)
        .map(([, key, run, look = ""]) => html`<button class="btn small ${look}" ?disabled=${busy} @click=${run}>${t(key)}</button>`)}
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
