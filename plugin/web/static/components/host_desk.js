/** The hosts' desk: run order, hands, stage, review, open questions and people, each in its place. */

import * as acts from "../acts.js";
import { t } from "../messages.js";
import { EMPTY, release, settle } from "../steady_list.js";
import * as store from "../store.js";
import { html, nothing, repeat } from "../vendor/lit.js";
import { deskCard } from "./desk_card.js";
import { PanelElement } from "./element.js";
import { handQueue } from "./hand_queue.js";
import "./air_strip.js";
import "./hosts_box.js";
import { icon, trouble } from "./parts.js";
import { stageDesk } from "./stage_desk.js";

/** @import { Question } from "../objects.d.ts" */

const PAGE = 60;
const SEEN_MS = 2000;
const PARTS = /** @type {const} */ (["up_next", "hands", "review", "open"]);
const SORTS = /** @type {const} */ (["top", "new", "old", "random"]);

export class HostDesk extends PanelElement {
  static properties = {
    ...PanelElement.properties,
    shownPart: { state: true },
    sort: { state: true },
    opened: { state: true },
    dropAt: { state: true },
    drawn: { state: true },
    withPeople: { type: Boolean },
    withHosts: { type: Boolean },
  };

  constructor() {
    super();
    /** @type {typeof PARTS[number]} */
    this.shownPart = "up_next";
    this.sort = "top";
    this.opened = "";
    this.dropAt = -1;
    this.dragged = "";
    this.drawn = PAGE;
    this.withPeople = false;
    this.withHosts = false;
    this.steady = EMPTY;
    this.isOverOpen = false;
    /** @type {Map<Element, any>} */
    this.watched = new Map();
    /** Seen, and not yet told. @type {string[]} */
    this.seen = [];
    /** @type {any} */
    this.seenTimer = undefined;
  }

  connectedCallback() {
    super.connectedCallback();
    this.timer = setInterval(() => this.steady.since !== null && this.requestUpdate(), 1000);
    this.sight = new IntersectionObserver((entries) => this.#looked(entries), { threshold: 0.6 });
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    clearInterval(this.timer);
    this.sight?.disconnect();
  }

  /** @param {Map<string, unknown>} changes */
  willUpdate(changes) {
    const wanted = store.openQuestions(this.state, this.sort).map(({ id }) => id);
    const isEngaged = this.isOverOpen || Boolean(this.querySelector("#desk-open ol")?.contains(document.activeElement));
    const moment = { isEngaged, now: Date.now() };
    // What a host just took out of the list leaves at once; only arrivals and reordering wait.
    const kept = this.steady.shown.filter((id) => wanted.includes(id));
    this.steady = changes.has("sort") ? release(wanted) : settle({ ...this.steady, shown: kept }, wanted, moment);
  }

  updated() {
    const unseen = new Set(this.querySelectorAll("[data-unseen]"));
    for (const [element, timer] of this.watched) {
      if (unseen.has(element)) continue;
      clearTimeout(timer);
      this.sight?.unobserve(element);
      this.watched.delete(element);
    }
    for (const element of unseen) {
      if (this.watched.has(element)) continue;
      this.watched.set(element, null);
      this.sight?.observe(element);
    }
  }

  /** "Seen" means two seconds on a host's screen. @param {IntersectionObserverEntry[]} entries */
  #looked(entries) {
    for (const { target, isIntersecting } of entries) {
      clearTimeout(this.watched.get(target));
      if (isIntersecting) this.watched.set(target, setTimeout(() => this.#sawIt(target), SEEN_MS));
    }
  }

  /** @param {Element} element */
  #sawIt(element) {
    const id = /** @type {HTMLElement} */ (element).dataset.unseen;
    if (!id || document.hidden || !this.panel.isOnline) return;
    this.seen.push(id);
    this.seenTimer ??= setTimeout(() => {
      void acts.markSeen(this.panel, this.seen.splice(0));
      this.seenTimer = undefined;
    }, 300);
  }

  render() {
    const { state } = this;
    const counts = {
      up_next: store.queue(state).length,
      hands: Object.keys(state.hands).length,
      review: store.reviewQueue(state).length,
      open: store.questionsIn(state, "open").length,
    };
    return html`<div class="desk part-${this.shownPart} ${this.withHosts ? "with-hosts" : ""}" id="questions" tabindex="-1">
      <div class="col col-stage">${stageDesk(this.panel)}</div>
      <nav class="parts" aria-label=${t("desk.sections")}>
        ${PARTS.map(
          (part) =>
            html`<button aria-pressed=${part === this.shownPart ? "true" : "false"} @click=${() => (this.shownPart = part)}>
              ${t(`desk.${part}`)} <span class="count">${counts[part]}</span>
            </button>`,
        )}
      </nav>
      <div class="col col-next">${this.#upNext()} ${this.#hands(counts.hands)}</div>
      <div class="col col-work">${this.#review()} ${this.#open()} ${this.#aside()}</div>
      ${this.withPeople ? this.#people() : nothing}
      ${this.withHosts ? html`<div class="col col-hosts"><hosts-box .panel=${this.panel}></hosts-box></div>` : nothing}
    </div>`;
  }

  /* ── up next ── */

  #upNext() {
    const queue = store.queue(this.state);
    return html`<section class="sect is-up_next" aria-labelledby="up-next-title">
      <div class="sec">
        <h2 id="up-next-title">${t("desk.up_next")}</h2>
        ${queue.length > 1 ? html`<small>${t("desk.up_next_hint")}</small>` : nothing}
      </div>
      ${queue.length
        ? html`<ol class="cards" role="list" aria-labelledby="up-next-title" @dragover=${this.#over} @drop=${this.#drop} @dragend=${this.#dragDone}>
            ${repeat(queue, ({ id }) => id, (question, at) => this.#queued(question, at, queue.length))}
          </ol>`
        : html`<div class="empty"><p class="empty-title">${t("desk.empty_next_title")}</p><p>${t("desk.empty_next")}</p></div>`}
    </section>`;
  }

  /** @param {Question} question @param {number} at @param {number} of */
  #queued(question, at, of) {
    const number = String(question.number);
    const key = (/** @type {KeyboardEvent} */ event) => this.#key(event, question, at);
    const grip = html`<div class="grips">
      <button class="nudge" ?disabled=${at === 0} aria-label=${t("desk.move_up", { number })} @click=${() => this.#shift(question, at, -1)}>${icon("up")}</button>
      <button
        class="grip"
        aria-label=${t("desk.move", { number, place: at + 1, of })}
        aria-keyshortcuts="Alt+ArrowUp Alt+ArrowDown"
        @pointerdown=${(/** @type {PointerEvent} */ event) => this.#grab(event)}
      >
        ${icon("grip")}
      </button>
      <button class="nudge" ?disabled=${at === of - 1} aria-label=${t("desk.move_down", { number })} @click=${() => this.#shift(question, at, 1)}>${icon("down")}</button>
    </div>`;
    const drop = this.dropAt === at ? "drop-before" : this.dropAt === of && at === of - 1 ? "drop-after" : "";
    return html`<li
      class=${drop}
      data-id=${question.id}
      data-unseen=${question.seen_at ? nothing : question.id}
      @keydown=${key}
      @dragstart=${(/** @type {DragEvent} */ event) => this.#dragStart(event, question)}
    >
      ${deskCard(this.panel, question, { ...this.#drawing(question), grip })}
    </li>`;
  }

  /** @param {Question} question */
  #drawing(question) {
    const isOpen = this.opened === question.id;
    return { isOpen, toggle: () => (this.opened = isOpen ? "" : question.id) };
  }

  /** @param {KeyboardEvent} event @param {Question} question @param {number} at */
  #key(event, question, at) {
    if (!event.altKey || (event.key !== "ArrowUp" && event.key !== "ArrowDown")) return;
    event.preventDefault();
    void this.#shift(question, at, event.key === "ArrowUp" ? -1 : 1);
  }

  /** @param {Question} question @param {number} at @param {number} step */
  async #shift(question, at, step) {
    const queue = store.queue(this.state);
    const to = at + step;
    if (to < 0 || to >= queue.length) return;
    await this.#place(question, queue.filter(({ id }) => id !== question.id), to);
  }

  /** Put it before the one that is now at `to`. @param {Question} question @param {Question[]} others @param {number} to */
  async #place(question, others, to) {
    const focused = /** @type {HTMLElement | null} */ (document.activeElement);
    const answer = await acts.rank(this.panel, question, to === 0 ? null : others[to - 1].id);
    if (answer === undefined) return;
    const place = { number: String(question.number), place: to + 1, of: others.length + 1 };
    this.panel.announcer.tell([{ kind: "other", isMine: true, text: t("desk.moved", place) }]);
    await this.updateComplete;
    // Moving a card in the document takes the focus from what is inside it.
    if (focused && focused !== document.body && focused.isConnected) focused.focus();
  }

  /** @param {PointerEvent} event */
  #grab(event) {
    const row = /** @type {HTMLElement} */ (event.currentTarget).closest("li");
    if (event.pointerType === "mouse" && row) row.draggable = true;
  }

  /** @param {DragEvent} event @param {Question} question */
  #dragStart(event, question) {
    this.dragged = question.id;
    event.dataTransfer?.setData("text/plain", t("question.number", { number: String(question.number) }));
    if (event.dataTransfer) event.dataTransfer.effectAllowed = "move";
  }

  /** @param {DragEvent} event */
  #over(event) {
    if (!this.dragged) return;
    event.preventDefault();
    const rows = Array.from(/** @type {HTMLElement} */ (event.currentTarget).querySelectorAll("li"));
    const below = rows.findIndex((row) => {
      const { top, height } = row.getBoundingClientRect();
      return event.clientY < top + height / 2;
    });
    this.dropAt = below < 0 ? rows.length : below;
  }

  /** @param {DragEvent} event */
  #drop(event) {
    event.preventDefault();
    const queue = store.queue(this.state);
    const from = queue.findIndex(({ id }) => id === this.dragged);
    const to = this.dropAt > from ? this.dropAt - 1 : this.dropAt;
    const question = queue[from];
    this.#dragDone();
    if (question && to !== from) void this.#place(question, queue.filter((other) => other !== question), to);
  }

  #dragDone() {
    this.dragged = "";
    this.dropAt = -1;
    for (const row of this.querySelectorAll("li[draggable]")) row.removeAttribute("draggable");
  }

  /* ── hands, review, open ── */

  /** @param {number} count */
  #hands(count) {
    return html`<section class="sect is-hands" aria-labelledby="hands-title">
      <div class="sec">
        <h2 id="hands-title">${t("desk.hands")} ${count ? html`<span class="count">${count}</span>` : nothing}</h2>
        ${count > 1 ? html`<button class="link" @click=${() => acts.lowerAll(this.panel)}>${t("desk.lower_all")}</button>` : nothing}
      </div>
      ${trouble(this.panel, "hands")} ${handQueue(this.panel)}
    </section>`;
  }

  #review() {
    const waiting = store.reviewQueue(this.state);
    const isOff = this.state.settings.moderation === "off";
    const look = !waiting.length && isOff ? "unused" : "";
    return html`<section class="sect is-review ${look}" aria-labelledby="review-title">
      <div class="sec">
        <h2 id="review-title">${t("desk.review")} ${waiting.length ? html`<span class="count strong">${waiting.length}</span>` : nothing}</h2>
      </div>
      ${waiting.length
        ? this.#cards(waiting.slice(0, this.drawn))
        : html`<p class="hint">${t(isOff ? "desk.empty_review_off" : "desk.empty_review")}</p>`}
    </section>`;
  }

  #open() {
    const { shown, waiting, isReordered } = this.steady;
    const questions = shown.slice(0, this.drawn).map((id) => this.state.questions[id]).filter(Boolean);
    const pill = waiting ? t("list.new", { count: waiting }) : isReordered ? t("list.reordered") : "";
    return html`<section class="sect is-open" id="desk-open" aria-labelledby="open-title">
      <div class="sec">
        <h2 id="open-title">${t("desk.open")} ${shown.length ? html`<span class="count">${shown.length}</span>` : nothing}</h2>
        <label class="pick"
          ><span class="unseen">${t("list.sort")}</span
          ><select @change=${(/** @type {any} */ event) => (this.sort = event.target.value)}>
            ${SORTS.map((sort) => html`<option value=${sort} ?selected=${sort === this.sort}>${t(`list.sort_${sort}`)}</option>`)}
          </select></label
        >
      </div>
      ${pill ? html`<button class="new" @click=${() => this.#release()}>${pill}</button>` : nothing}
      ${questions.length ? this.#cards(questions, true) : html`<p class="hint">${t("desk.empty_open")}</p>`}
      ${shown.length > this.drawn
        ? html`<button class="btn" @click=${() => (this.drawn += PAGE)}>${t("list.more")}</button>`
        : nothing}
    </section>`;
  }

  #release() {
    this.steady = EMPTY;
    this.requestUpdate();
  }

  /** @param {Question[]} questions @param {boolean} [isSteady] */
  #cards(questions, isSteady = false) {
    const over = (/** @type {boolean} */ isOver) => () => {
      if (!isSteady) return;
      this.isOverOpen = isOver;
      if (!isOver) this.requestUpdate();
    };
    return html`<ol class="cards" role="list" @pointerenter=${over(true)} @pointerleave=${over(false)} @focusout=${over(this.isOverOpen)}>
      ${repeat(
        questions,
        ({ id }) => id,
        (question) =>
          html`<li data-id=${question.id} data-unseen=${question.seen_at ? nothing : question.id}>
            ${deskCard(this.panel, question, this.#drawing(question))}
          </li>`,
      )}
    </ol>`;
  }

  #aside() {
    const aside = store.putAside(this.state);
    if (!aside.length) return nothing;
    return html`<details class="closed sect is-open">
      <summary>${t("desk.aside")} <span class="count">${aside.length}</span></summary>
      ${this.#cards(aside.slice(0, 100))}
    </details>`;
  }

  #people() {
    return html`<aside class="col col-people" aria-labelledby="people-title">
      <div class="sec"><h2 id="people-title">${t("desk.people")}</h2></div>
      <people-list .panel=${this.panel}></people-list>
    </aside>`;
  }
}
customElements.define("host-desk", HostDesk);
