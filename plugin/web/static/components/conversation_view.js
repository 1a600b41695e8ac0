/** One conversation on the screen: a list that stays where it is read, however long it is, and the composer below it. */

import * as conversations from "../conversations.js";
import { t } from "../messages.js";
import { html, nothing, repeat } from "../vendor/lit.js";
import { PanelElement } from "./element.js";
import { dayOf, messageRow, nameOf, pendingRow } from "./message_row.js";
import { empty, trouble } from "./parts.js";
import "./message_composer.js";

/** @import { Conversation, Message } from "../objects.d.ts" */
/** @typedef {import("../conversations.js").Pending} Pending */
/** @typedef {import("./message_composer.js").Wording & { list: string, emptyTitle: string, empty: string, opening: string }} ViewWording */

/** So many messages are drawn at once; scrolling moves this window over what is here, half of it at a time. */
const DRAWN = 160;
const STEP = 60;
/** So near to an edge, in pixels, more is drawn or read. */
const NEAR = 700;
const AT_END = 48;

export class ConversationView extends PanelElement {
  static properties = {
    ...PanelElement.properties,
    conversationId: { attribute: false },
    wording: { attribute: false },
    opened: { state: true },
    quote: { state: true },
    editing: { state: true },
    fromSeq: { state: true },
    isAtEnd: { state: true },
  };

  constructor() {
    super();
    this.conversationId = "";
    this.wording = /** @type {ViewWording} */ (/** @type {unknown} */ (null));
    this.opened = "";
    /** @type {Message | null} */
    this.quote = null;
    /** @type {Message | null} */
    this.editing = null;
    /** The first message drawn; 0 while the end is followed. */
    this.fromSeq = 0;
    this.isAtEnd = true;
    this.seenSeq = 0;
    /** @type {{key: string, top: number} | null} */
    this.anchor = null;
    this.target = 0;
  }

  connectedCallback() {
    super.connectedCallback();
    this.resized = new ResizeObserver(() => this.isAtEnd && this.#toEnd());
    this.onVisible = () => this.#read();
    document.addEventListener("visibilitychange", this.onVisible);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.resized?.disconnect();
    document.removeEventListener("visibilitychange", /** @type {() => void} */ (this.onVisible));
  }

  /** @returns {Conversation | undefined} */
  get conversation() {
    return this.panel.correspondence.held.conversations[this.conversationId];
  }

  /** What may be shown now: on air, others' new messages wait. @returns {Message[]} */
  get messages() {
    const { correspondence } = this.panel;
    const all = correspondence.held.logs[this.conversationId]?.messages ?? [];
    const heldBack = new Set(conversations.heldBack(all, correspondence.shownUpTo(this.conversationId), this.state.me.account_id));
    return heldBack.size ? all.filter((message) => !heldBack.has(message)) : all;
  }

  /** @returns {HTMLElement | null} */
  get scroller() {
    return this.querySelector(".talk");
  }

  /** @param {Map<string, unknown>} changes */
  willUpdate(changes) {
    if (changes.has("conversationId")) this.#begin();
    this.anchor = this.isAtEnd ? null : this.#firstInSight();
  }

  #begin() {
    this.fromSeq = 0;
    this.isAtEnd = true;
    this.quote = null;
    this.editing = null;
    this.panel.correspondence.open(this.conversationId);
  }

  /** The first row that is in sight, and where: it must stand there after the drawing, too. */
  #firstInSight() {
    const { scroller } = this;
    if (!scroller) return null;
    const edge = scroller.getBoundingClientRect().top;
    for (const row of scroller.querySelectorAll("li[data-key]")) {
      const { top, bottom } = row.getBoundingClientRect();
      if (bottom > edge) return { key: /** @type {HTMLElement} */ (row).dataset.key ?? "", top: top - edge };
    }
    return null;
  }

  updated() {
    const { scroller, anchor } = this;
    if (!scroller) return;
    if (!scroller.dataset.watched) {
      scroller.dataset.watched = "yes";
      this.resized?.observe(scroller);
    }
    if (this.target) this.#showTarget();
    else if (this.isAtEnd) this.#toEnd();
    else if (anchor) this.#hold(scroller, anchor);
    this.#read();
  }

  /** @param {HTMLElement} scroller @param {{key: string, top: number}} anchor */
  #hold(scroller, { key, top }) {
    const row = scroller.querySelector(`li[data-key="${CSS.escape(key)}"]`);
    if (!row) return;
    const moved = row.getBoundingClientRect().top - scroller.getBoundingClientRect().top - top;
    if (Math.abs(moved) >= 1) scroller.scrollTop += moved;
  }

  #toEnd() {
    const { scroller } = this;
    if (scroller) scroller.scrollTop = scroller.scrollHeight;
  }

  #showTarget() {
    const row = this.scroller?.querySelector(`li[data-seq="${this.target}"]`);
    this.target = 0;
    row?.scrollIntoView({ block: "center" });
    /** @type {HTMLElement | null} */ (row?.querySelector("button") ?? null)?.focus({ preventScroll: true });
  }

  /** What is in sight at the end of the list is read, if somebody looks. */
  #read() {
    const last = this.messages.at(-1)?.seq ?? 0;
    if (!this.isAtEnd || document.hidden || !last || !this.scroller?.offsetHeight) return;
    this.seenSeq = last;
    this.panel.correspondence.read(this.conversationId, last);
  }

  /** @param {Event} event */
  #scrolled(event) {
    const { scrollTop, scrollHeight, clientHeight } = /** @type {HTMLElement} */ (event.currentTarget);
    const messages = this.messages;
    const { from, to } = this.#window(messages);
    const below = scrollHeight - scrollTop - clientHeight;
    this.isAtEnd = below < AT_END && to === messages.length;
    if (this.isAtEnd) return void (this.fromSeq = 0);
    if (!this.fromSeq && messages.length) this.fromSeq = messages[from].seq;
    if (scrollTop < NEAR) this.#up(messages, from);
    else if (below < NEAR && to < messages.length) this.fromSeq = messages[Math.min(messages.length - 1, from + STEP)].seq;
  }

  /** @param {Message[]} messages @param {number} from */
  #up(messages, from) {
    if (from > 0) this.fromSeq = messages[Math.max(0, from - STEP)].seq;
    if (from < STEP) void this.panel.correspondence.earlier(this.conversationId);
  }

  /** Which of them are drawn. @param {Message[]} messages */
  #window(messages) {
    if (!this.fromSeq) return { from: Math.max(0, messages.length - DRAWN), to: messages.length };
    const found = messages.findIndex(({ seq }) => seq >= this.fromSeq);
    const from = found < 0 ? Math.max(0, messages.length - DRAWN) : found;
    return { from, to: Math.min(messages.length, from + DRAWN) };
  }

  /** @param {number} seq */
  #goTo(seq) {
    const messages = this.messages;
    const at = messages.findIndex((message) => message.seq === seq);
    if (at < 0) return;
    this.isAtEnd = false;
    this.fromSeq = messages[Math.max(0, at - STEP)].seq;
    this.target = seq;
    this.requestUpdate();
  }

  #jump() {
    this.fromSeq = 0;
    this.isAtEnd = true;
    this.requestUpdate();
    this.#composer()?.focusField();
  }

  /** @returns {import("./message_composer.js").MessageComposer | null} */
  #composer() {
    return this.querySelector("message-composer");
  }

  /** @param {Message} message */
  #reply(message) {
    this.editing = null;
    this.quote = message;
    void this.updateComplete.then(() => this.#composer()?.focusField());
  }

  #editLast() {
    const mine = this.messages.filter(({ author, is_deleted, text }) => author?.account_id === this.state.me.account_id && !is_deleted && text);
    this.editing = mine.at(-1) ?? null;
  }

  #cancel() {
    this.quote = null;
    this.editing = null;
  }

  render() {
    const { conversation, panel, wording } = this;
    if (!conversation) return nothing;
    const isRead = this.conversationId in panel.correspondence.held.logs;
    return html`<div class="talk-frame" @cancel-writing=${() => this.#cancel()} @sent=${() => this.#jump()} @edit-last=${() => this.#editLast()}>
      <div class="talk" role="log" aria-live="off" aria-label=${wording.list} tabindex="0" @scroll=${this.#scrolled}>
        ${isRead ? this.#list(conversation) : html`<p class="note opening" role="status">${wording.opening}</p>`}
      </div>
      ${this.#below()} ${trouble(panel, this.conversationId)} ${this.#foot(conversation)}
    </div>`;
  }

  /** @param {Conversation} conversation */
  #list(conversation) {
    const { panel } = this;
    const { held } = panel.correspondence;
    const messages = this.messages;
    const pending = conversations.pendingIn(held, this.conversationId);
    if (!messages.length && !pending.length) return empty(this.wording.emptyTitle, this.wording.empty);
    const { from, to } = this.#window(messages);
    const me = this.state.me.account_id;
    const waiting = to === messages.length ? pending : [];
    const rows = [...messages.slice(from, to), ...waiting];
    const isEarlier = from > 0 || conversations.hasEarlier(held, this.conversationId);
    return html`${isEarlier
        ? html`<button class="link earlier" @click=${() => this.#up(messages, from)}>${t("talk.earlier")}</button>`
        : nothing}
      <ol class="messages" role="list">
        ${repeat(
          rows,
          (row) => ("id" in row ? keyOf(row) : `${me} ${row.client_id}`),
          (row, at) => this.#row(conversation, row, at ? rows[at - 1] : messages[from - 1], me),
        )}
      </ol>`;
  }

  /** @param {Conversation} conversation @param {Message | Pending} row @param {Message | Pending | undefined} before @param {string} me */
  #row(conversation, row, before, me) {
    const isPending = !("id" in row);
    const above = before && "id" in before ? before : undefined;
    const isNewDay = conversations.startsDay(/** @type {any} */ (before), /** @type {any} */ (row));
    const mine = /** @type {any} */ ({ author: { account_id: me }, created_at: row.created_at, quote: row.quote });
    const isJoined = Boolean(before) && conversations.continues(above ?? mine, isPending ? mine : row);
    return html`<li data-key=${isPending ? `${me} ${row.client_id}` : keyOf(row)} data-seq=${isPending ? nothing : row.seq}>
      ${isNewDay ? html`<p class="day"><span>${dayOf(row.created_at)}</span></p>` : nothing}
      ${isPending ? pendingRow(row, isJoined, this.panel) : messageRow(row, isJoined, this.#drawing(conversation))}
    </li>`;
  }

  /** @param {Conversation} conversation */
  #drawing(conversation) {
    return {
      panel: this.panel,
      conversation,
      opened: this.opened,
      open: (/** @type {string} */ key) => (this.opened = key),
      reply: (/** @type {Message} */ message) => this.#reply(message),
      edit: (/** @type {Message} */ message) => ((this.quote = null), (this.editing = message)),
      goTo: (/** @type {number} */ seq) => this.#goTo(seq),
    };
  }

  #below() {
    const names = this.panel.correspondence.airSeqs ? [] : conversations.typists(this.panel.correspondence.held, this.conversationId);
    const { messages } = this;
    const count = this.isAtEnd ? 0 : messages.filter(({ seq, author }) => seq > this.seenSeq && author?.account_id !== this.state.me.account_id).length;
    const words = count ? t("talk.new", { count }) : t("talk.latest");
    return html`<div class="talk-below">
      ${this.isAtEnd ? nothing : html`<button class="new ${count ? "" : "calm"}" @click=${() => this.#jump()}>${words}</button>`}
      ${names.length ? html`<p class="note">${t(names.length > 1 ? "talk.writing_many" : "talk.writing", { names: names.join(", ") })}</p>` : nothing}
    </div>`;
  }

  /** @param {Conversation} conversation */
  #foot(conversation) {
    if (conversation.can?.post === false) {
      return html`<p class="composer over">${conversation.can.post_refusal?.message ?? ""}</p>`;
    }
    return html`<message-composer
      .panel=${this.panel}
      .conversationId=${this.conversationId}
      .wording=${this.wording}
      .quote=${this.quote}
      .editing=${this.editing}
    ></message-composer>`;
  }
}

/** The same for what I am sending and for what then stands there, so that the bubble stays itself. @param {Message} message */
const keyOf = (message) => `${message.author?.account_id ?? nameOf(message)} ${message.client_id}`;

customElements.define("conversation-view", ConversationView);
