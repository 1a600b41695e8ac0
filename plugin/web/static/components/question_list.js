/** The audience's list: sorted as I like, and never moving while I am in it. */

import { t } from "../messages.js";
import { EMPTY, release, settle } from "../steady_list.js";
import * as store from "../store.js";
import { html, nothing, repeat } from "../vendor/lit.js";
import { PanelElement } from "./element.js";
import { empty } from "./parts.js";
import { draftCard, goneCard, questionCard } from "./question_card.js";
import { stageCard } from "./stage_card.js";

const PAGE = 60;
const MOVE_MS = 150;
const GLIDE_MS = 2000;
const SORTS = /** @type {const} */ (["top", "new", "old", "random", "host"]);

export class QuestionList extends PanelElement {
  static properties = { ...PanelElement.properties, sort: { state: true }, steady: { state: true }, drawn: { state: true } };

  constructor() {
    super();
    /** @type {string} */
    this.sort = "top";
    this.steady = EMPTY;
    this.drawn = PAGE;
    this.hasPointer = false;
    this.touchedUntil = 0;
    /** @type {Map<string, number> | null} */
    this.places = null;
    /** @type {Element | null} */
    this.watchedEnd = null;
    this.ownBefore = 0;
  }

  connectedCallback() {
    super.connectedCallback();
    // Patience ends by the clock, not by the next change.
    this.timer = setInterval(() => this.steady.since !== null && this.requestUpdate(), 1000);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    clearInterval(this.timer);
    this.observer?.disconnect();
  }

  get isEngaged() {
    const isFocused = Boolean(this.querySelector(".list-zone")?.contains(document.activeElement));
    return this.hasPointer || isFocused || Date.now() < this.touchedUntil;
  }

  /** @param {Map<string, unknown>} changes */
  willUpdate(changes) {
    const wanted = store.waitingQuestions(this.state, this.sort).map(({ id }) => id);
    const own = this.panel.unsent.length;
    const mineIsNew = wanted.some((id) => this.state.mine[id] && !this.steady.shown.includes(id));
    const asked = changes.has("sort") || mineIsNew || own !== this.ownBefore;
    this.ownBefore = own;
    const before = this.steady.shown;
    this.steady = asked ? release(wanted) : settle(this.steady, wanted, { isEngaged: this.isEngaged, now: Date.now() });
    if (before !== this.steady.shown && before.length) this.places = this.#measure();
  }

  updated() {
    this.#watchEnd();
    if (!this.places) return;
    this.#glide(this.places);
    this.places = null;
  }

  /** Where the cards stand now. @returns {Map<string, number>} */
  #measure() {
    const rows = /** @type {NodeListOf<HTMLElement>} */ (this.querySelectorAll("li[data-id]"));
    return new Map(Array.from(rows, (row) => [row.dataset.id ?? "", row.getBoundingClientRect().top]));
  }

  /** Let the cards travel from where they stood. @param {Map<string, number>} from */
  #glide(from) {
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    for (const row of /** @type {NodeListOf<HTMLElement>} */ (this.querySelectorAll("li[data-id]"))) {
      const was = from.get(row.dataset.id ?? "");
      const way = was === undefined ? 0 : was - row.getBoundingClientRect().top;
      if (Math.abs(way) < 1 || Math.abs(way) > innerHeight) continue;
      row.animate([{ transform: `translateY(${way}px)` }, { transform: "none" }], { duration: MOVE_MS, easing: "ease-out" });
    }
  }

  /** Draw more when the end of what is drawn comes near. */
  #watchEnd() {
    const end = this.querySelector(".list-end");
    if (end === this.watchedEnd) return;
    this.watchedEnd = end;
    this.observer?.disconnect();
    if (!end) return;
    this.observer = new IntersectionObserver(
      (entries) => {
        if (entries.some(({ isIntersecting }) => isIntersecting)) this.drawn += PAGE;
      },
      { rootMargin: "600px" },
    );
    this.observer.observe(end);
  }

  #showWaiting() {
    this.steady = release(store.waitingQuestions(this.state, this.sort).map(({ id }) => id));
    this.querySelector(".scroll")?.scrollTo({ top: 0 });
  }

  render() {
    const { shown } = this.steady;
    const nothingHere = !shown.length && !this.panel.unsent.length;
    return html`<div class="scroll" tabindex="-1" id="questions" @scroll=${() => this.#touched()}>
      ${stageCard(this.panel)} ${nothingHere ? this.#empty() : this.#list(shown)} ${this.#closed()}
    </div>`;
  }

  #empty() {
    const { moderation } = this.state.settings;
    const text = moderation === "on" ? t("list.empty_moderated") : t("list.empty");
    const ask = () => /** @type {HTMLElement | null} */ (document.querySelector("question-composer textarea"))?.focus();
    const isShut = !store.isGathering(this.state);
    return empty(
      t("list.empty_title"),
      text,
      isShut ? nothing : html`<button class="btn primary" @click=${ask}>${t("list.empty_action")}</button>`,
    );
  }

  /** @param {string[]} shown */
  #list(shown) {
    const drawn = shown.slice(0, this.drawn);
    return html`
      <div class="list-head">
        <h2>${t("list.label")}</h2>
        <label class="pick"
          ><span class="unseen">${t("list.sort")}</span>
          <select @change=${(/** @type {any} */ event) => (this.sort = event.target.value)}>
            ${SORTS.map((sort) => html`<option value=${sort} ?selected=${sort === this.sort}>${t(`list.sort_${sort}`)}</option>`)}
          </select></label
        >
      </div>
      <div
        class="list-zone"
        @pointerenter=${(/** @type {PointerEvent} */ event) => (this.hasPointer = event.pointerType === "mouse")}
        @pointerleave=${() => this.#left()}
        @touchstart=${() => this.#touched()}
        @touchend=${() => this.#touched()}
        @focusout=${() => this.requestUpdate()}
      >
        ${this.#pill()} ${this.#rows(drawn)}
      </div>
      ${shown.length > drawn.length
        ? html`<button class="btn list-end" @click=${() => (this.drawn += PAGE)}>${t("list.more")}</button>`
        : nothing}
    `;
  }

  /** @param {string[]} drawn */
  #rows(drawn) {
    return html`<ol class="questions" role="list" aria-label=${t("list.label")}>
        ${this.panel.unsent.map((draft) => html`<li>${draftCard(this.panel, draft)}</li>`)}
        ${repeat(
          drawn,
          (id) => id,
          (id) => html`<li data-id=${id}>${this.#card(id)}</li>`,
        )}
      </ol>`;
  }

  /** A finger rests, or the list still glides from its push. */
  #touched() {
    this.touchedUntil = Date.now() + GLIDE_MS;
  }

  #left() {
    this.hasPointer = false;
    this.requestUpdate();
  }

  /** @param {string} id */
  #card(id) {
    const question = this.state.questions[id];
    return question ? questionCard(this.panel, question) : goneCard();
  }

  #pill() {
    const { waiting, isReordered } = this.steady;
    if (!waiting && !isReordered) return nothing;
    const words = waiting ? t("list.new", { count: waiting }) : t("list.reordered");
    return html`<button class="new" @click=${() => this.#showWaiting()}>${words}</button>`;
  }

  #closed() {
    const closed = store.closedQuestions(this.state);
    if (!closed.length) return nothing;
    return html`<details class="closed">
      <summary>${t("list.closed", { count: closed.length })}</summary>
      <ol class="questions" role="list">
        ${repeat(
          closed.slice(0, 200),
          ({ id }) => id,
          (question) => html`<li>${questionCard(this.panel, question)}</li>`,
        )}
      </ol>
    </details>`;
  }
}
customElements.define("question-list", QuestionList);
