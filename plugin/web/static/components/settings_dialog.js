/** Settings: mine for everyone, the room's for hosts. Each change counts at once. */

import * as acts from "../acts.js";
import { named, t } from "../messages.js";
import * as store from "../store.js";
import { html, live, nothing } from "../vendor/lit.js";
import { ask } from "./confirm_dialog.js";
import { DialogElement } from "./dialog_element.js";
import { trouble } from "./parts.js";

const NEXT_STATES = /** @type {Record<string, string[]>} */ ({
  scheduled: ["lobby"], lobby: ["live"], live: ["ended"], ended: ["live"],
});

export class SettingsDialog extends DialogElement {
  static properties = { ...DialogElement.properties, theme: { attribute: false }, link: { state: true }, isCopied: { state: true } };

  constructor() {
    super();
    this.theme = "auto";
    this.link = "";
    this.isCopied = false;
    /** What I chose, until the server has answered. @type {Map<string, string>} */
    this.wishes = new Map();
  }

  /** @param {string} name @param {string} value @param {(value: string) => unknown} choose */
  async #wish(name, value, choose) {
    this.wishes.set(name, value);
    await choose(value);
    this.wishes.delete(name);
    this.requestUpdate();
  }

  render() {
    if (!this.isOpen) return html`<dialog class="dialog" @close=${() => this.closed()}></dialog>`;
    return html`<dialog class="dialog tall" aria-labelledby="settings-title" @close=${() => this.closed()}>
      <div class="dialog-head">
        <h2 id="settings-title" tabindex="-1">${t("panel.settings")}</h2>
        <button class="btn" @click=${() => this.close()}>${t("panel.close")}</button>
      </div>
      ${trouble(this.panel, "settings")} ${store.isHosting(this.state) ? this.#room() : this.#moderation()} ${this.#mine()}
    </dialog>`;
  }

  /**
   * @param {string} name @param {import("../messages.js").Key} title @param {readonly string[]} values @param {string} current
   * @param {(value: string) => unknown} choose
   */
  #choice(name, title, values, current, choose) {
    const shown = this.wishes.get(name) ?? current;
    return html`<fieldset class="segments">
      <legend>${t(title)}</legend>
      ${values.map(
        (value) =>
          html`<label
            ><input type="radio" name=${name} value=${value} .checked=${live(shown === value)} @change=${() => this.#wish(name, value, choose)} />
            <span>${named(`settings.${name}_${value}`, {}, value)}</span></label
          >`,
      )}
    </fieldset>`;
  }

  #room() {
    const { settings, session, room } = this.state;
    const { invite_seconds } = session.settings;
    const hands = ["everyone", ...(room.follows_available ? ["followed"] : []), "invited", "off"];
    return html`<section class="block">
      <h3>${t("settings.room")} <small class="note">${t("settings.room_note")}</small></h3>
      ${this.#session(session.state)}
      ${this.#choice("moderation", "settings.moderation", ["off", "newcomers", "on"], settings.moderation, (moderation) =>
        acts.changeQuestions(this.panel, { moderation }),
      )}
      ${this.#choice("vote_counts", "settings.vote_counts", ["always", "after_vote", "hosts"], settings.vote_counts, (vote_counts) =>
        acts.changeQuestions(this.panel, { vote_counts }),
      )}
      ${this.#choice("hands", "settings.hands", hands, session.settings.hands, (value) => acts.changeRoom(this.panel, { hands: value }))}
      ${invite_seconds
        ? this.#choice("invite", "settings.invite", ["15", "30", "60", "120"], String(invite_seconds), (value) =>
            acts.changeRoom(this.panel, { invite_seconds: Number(value) }),
          )
        : nothing}
      ${this.#guests()}
    </section>`;
  }

  /** A moderator of the platform may end what should not go on. */
  #moderation() {
    const { me, session } = this.state;
    if (!me.is_platform_moderator || session.state !== "live") return nothing;
    return html`<section class="block"><h3>${t("settings.room")}</h3>${this.#session(session.state)}</section>`;
  }

  /** @param {string} state */
  #session(state) {
    const { role, is_platform_moderator } = this.state.me;
    const may = (/** @type {string} */ to) =>
      to === "live" ? store.isHosting(this.state) : role === "host" || (to === "ended" && is_platform_moderator);
    const next = (NEXT_STATES[state] ?? []).filter(may);
    return html`<div class="setting">
      <div class="grow">
        <b>${t("settings.session")}</b>
        <p class="note">${t("settings.session_now", { state })}</p>
      </div>
      ${next.map(
        (to) =>
          html`<button class="btn ${to === "ended" ? "danger" : ""}" ?disabled=${this.panel.busy.has("settings")} @click=${() => this.#go(to)}>
            ${state === "ended" ? t("settings.to_live_again") : named(`settings.to_${to}`, {}, to)}
          </button>`,
      )}
    </div>`;
  }

  /** @param {string} to */
  async #go(to) {
    const words = { title: t("settings.end_title"), text: t("settings.end_explain"), yes: t("settings.end_confirm") };
    if (to !== "ended" || (await ask(words))) await acts.transition(this.panel, to);
  }

  #guests() {
    return html`<div class="setting">
      <div class="grow">
        <b>${t("settings.guest_link")}</b>
        <p class="note">${t("settings.guest_link_hint")}</p>
        ${this.link
          ? html`<input class="link-box" readonly aria-label=${t("desk.guest_link")} .value=${this.link} @focus=${(/** @type {any} */ event) => event.target.select()} />`
          : nothing}
      </div>
      ${this.link
        ? html`<button class="btn" @click=${this.#copy}>${t(this.isCopied ? "settings.guest_link_copied" : "settings.guest_link_copy")}</button>`
        : html`<button class="btn" @click=${this.#makeLink}>${t("settings.guest_link_make")}</button>`}
    </div>`;
  }

  async #makeLink() {
    const answer = await acts.guestLink(this.panel);
    if (answer) this.link = answer.url;
  }

  async #copy() {
    const box = /** @type {HTMLInputElement | null} */ (this.querySelector(".link-box"));
    box?.focus();
    box?.select();
    try {
      await navigator.clipboard.writeText(this.link);
      this.isCopied = true;
    } catch {
      // The frame may not be allowed to write the clipboard; the link is selected, ready to be copied by hand.
    }
  }

  #mine() {
    const { me } = this.state;
    const announce = (/** @type {string} */ wish) => {
      this.panel.announcer.wish = wish;
      this.requestUpdate();
    };
    return html`<section class="block">
      <h3>${t("settings.mine")}</h3>
      ${this.#choice("theme", "settings.theme", ["auto", "light", "dark"], this.theme, (mode) =>
        this.dispatchEvent(new CustomEvent("theme", { detail: mode, bubbles: true })),
      )}
      ${this.#choice("announce", "settings.announce", ["all", "mine", "none"], this.panel.announcer.wish, announce)}
      ${this.#choice("limits", "settings.limits", ["standard", "long", "none"], me.time_limits, (limits) =>
        acts.setTimeLimits(this.panel, /** @type {import("../objects.d.ts").TimeLimits} */ (limits)),
      )}
      <label class="switch"
        ><input type="checkbox" .checked=${live(me.is_quiet)} @change=${(/** @type {any} */ event) => acts.setQuiet(this.panel, event.target.checked)} />
        <span>${t("settings.quiet")}<small>${t("settings.quiet_hint")}</small></span></label
      >
    </section>`;
  }
}
customElements.define("settings-dialog", SettingsDialog);
