/** Where a question is written: who will see it, how long it may be, who gives it a voice. */

import { t } from "../messages.js";
import * as store from "../store.js";
import { html, live, nothing } from "../vendor/lit.js";
import { PanelElement } from "./element.js";
import { icon } from "./parts.js";

const VOICES = /** @type {const} */ (["read", "speak", "either"]);
const COUNT_FROM = 60;

export class QuestionComposer extends PanelElement {
  static properties = {
    ...PanelElement.properties,
    text: { state: true },
    voice: { state: true },
    isOpen: { state: true },
    sentence: { state: true },
  };

  constructor() {
    super();
    this.text = "";
    /** @type {import("../objects.d.ts").Voice} */
    this.voice = "read";
    this.isOpen = false;
    this.sentence = "";
  }

  get length() {
    return [...this.text.trim()].length;
  }

  get isWaiting() {
    return this.panel.askAgainAt > Date.now();
  }

  /** @param {Event} event */
  #typed(event) {
    this.text = /** @type {HTMLTextAreaElement} */ (event.target).value;
    this.sentence = "";
  }

  /** An empty composer folds when its writer goes elsewhere. @param {FocusEvent} event */
  #left(event) {
    const form = /** @type {HTMLElement} */ (event.currentTarget);
    if (!this.text && !form.contains(/** @type {Node | null} */ (event.relatedTarget))) this.isOpen = false;
  }

  /** Enter sends, Shift+Enter breaks the line; not while a word is being composed. @param {KeyboardEvent} event */
  #key(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    void this.#ask();
  }

  /** @param {Event} [event] */
  async #ask(event) {
    event?.preventDefault();
    const { question_min, question_max } = this.state.limits;
    if (this.length < question_min) {
      this.sentence = t("composer.short", { count: question_min });
      return;
    }
    if (this.length > question_max || this.isWaiting) return;
    const { text, voice } = this;
    this.text = "";
    this.sentence = "";
    this.voice = "read";
    const problem = await this.panel.ask(text.trim(), voice);
    if (!problem || problem.isOffline || this.text) return;
    // A limit or a refusal belongs to the composer: the words go back to where they were written.
    this.voice = voice;
    this.#takeBack(text, problem.retryAfterSeconds ? "" : problem.message);
  }

  /** @param {string} text @param {string} sentence */
  #takeBack(text, sentence) {
    this.text = text;
    this.sentence = sentence;
    const draft = this.panel.drafts.find((other) => other.text === text.trim() && other.status === "failed");
    if (draft) this.panel.discard(draft);
  }

  render() {
    const { state, panel } = this;
    if (!store.isGathering(state)) return html`<p class="composer over">${t(store.isOver(state) ? "composer.ended" : "composer.not_open")}</p>`;
    const reviewed = state.settings.moderation === "on" && !store.isBackstage(state);
    return html`<form class="composer" @submit=${(/** @type {Event} */ event) => this.#ask(event)} @focusout=${this.#left}>
      <div class="who">
        <span id="composer-audience">${icon(reviewed ? "eye" : "people")} ${t(reviewed ? "composer.review" : "composer.everyone")}</span>
        <span>${t("composer.as")} <b>${state.me.name}</b></span>
      </div>
      <div class="field">
        <textarea
          rows=${Math.min(5, 1 + Math.floor(this.text.length / 48) + (this.text.match(/\n/g)?.length ?? 0))}
          aria-label=${t("composer.label")}
          aria-describedby="composer-audience composer-note"
          placeholder=${t("composer.placeholder")}
          dir="auto"
          .value=${live(this.text)}
          @input=${this.#typed}
          @keydown=${this.#key}
          @focus=${() => (this.isOpen = true)}
        ></textarea>
        <button class="btn primary" ?disabled=${this.isWaiting || this.length > state.limits.question_max}>
          ${t("composer.ask")}
        </button>
      </div>
      <div class="under" id="composer-note" role="status">${this.#note()}</div>
      ${this.isOpen || this.text ? this.#voices() : nothing}
      ${panel.isOnline || !panel.isStale ? nothing : html`<p class="note">${t("composer.will_send")}</p>`}
    </form>`;
  }

  #note() {
    const until = this.panel.askAgainAt;
    if (this.isWaiting) {
      return html`<span class="warned"
        >${t("composer.again_in")}
        <time-count until=${new Date(until).toISOString()} @done=${() => this.requestUpdate()}></time-count
      ></span>`;
    }
    if (this.sentence) return html`<span class="warned">${this.sentence}</span>`;
    const left = this.state.limits.question_max - this.length;
    if (left < 0) return html`<span class="warned">${t("composer.over", { count: -left })}</span>`;
    if (!this.text) return nothing;
    return html`<span class=${left <= COUNT_FROM ? "close" : ""}
      ><span aria-hidden="true">${this.length} / ${this.state.limits.question_max}</span
      ><span class="unseen">${left <= COUNT_FROM && left % 20 === 0 ? t("composer.left", { count: left }) : ""}</span></span
    >`;
  }

  #voices() {
    return html`<fieldset class="segments">
      <legend>${t("composer.voice")}</legend>
      ${VOICES.map(
        (voice) =>
          html`<label
            ><input type="radio" name="voice" value=${voice} .checked=${live(this.voice === voice)} @change=${() => (this.voice = voice)} />
            <span>${t(`composer.voice_${voice}`)}</span></label
          >`,
      )}
    </fieldset>`;
  }
}
customElements.define("question-composer", QuestionComposer);
