/** The tab Chats: the list, one chat beside or instead of it, and the way to a new one. */

import * as chats from "../chats.js";
import { t } from "../messages.js";
import { exact, spoken } from "../time.js";
import { html, nothing, repeat } from "../vendor/lit.js";
import { ask } from "./confirm_dialog.js";
import "./conversation_view.js";
import { PanelElement } from "./element.js";
import "./first_message.js";
import "./new_chat.js";
import { empty, face, icon, person, trouble } from "./parts.js";

/** @import { Conversation, GroupRequest } from "../objects.d.ts" */
/** @typedef {{ account_id: string, name: string }} Person */
/** @typedef {{ kind: "list" | "new" | "requests" } | { kind: "chat", id: string } | { kind: "first", person: Person }} Place */

const PLACE = "chats";
const UNREAD_MAX = 100;

export class ChatsList extends PanelElement {
  static properties = { ...PanelElement.properties, place: { state: true } };

  constructor() {
    super();
    /** @type {Place} */
    this.place = { kind: "list" };
  }

  connectedCallback() {
    super.connectedCallback();
    void this.panel.correspondence.readList();
  }

  get held() {
    return this.panel.correspondence.held;
  }

  get #myId() {
    return this.state.me.account_id;
  }

  /** Go somewhere and let the keyboard follow. @param {Place} place */
  async go(place) {
    this.panel.forgive(PLACE);
    const from = this.place;
    this.place = place;
    await this.updateComplete;
    const back = from.kind === "chat" ? `[data-chat="${CSS.escape(from.id)}"]` : ".chats-side h2";
    const target = place.kind === "list" ? (this.querySelector(back) ?? this.querySelector(".chats-side h2")) : this.querySelector(".chats-main h2");
    /** @type {HTMLElement | null} */ (target)?.focus();
  }

  /** @param {Person} person */
  openPerson(person) {
    const found = chats.withPerson(this.held, person.account_id);
    return this.go(found ? { kind: "chat", id: found.id } : { kind: "first", person });
  }

  async startRoomMates() {
    const answer = await this.panel.act(PLACE, () => this.panel.api.write("POST", "/chats/groups/room-mates", {}));
    if (answer) this.#started(answer.conversation);
  }

  /** A chat that was just made is shown, whatever push comes first. @param {Conversation} conversation */
  #started(conversation) {
    this.panel.correspondence.take(conversation);
    void this.go({ kind: "chat", id: conversation.id });
  }

  /** Where we are; a chat that is gone is not shown any more. @returns {Place} */
  get #here() {
    const { place } = this;
    return place.kind === "chat" && !this.held.conversations[place.id] ? { kind: "list" } : place;
  }

  render() {
    const here = this.#here;
    return html`<div
      class="chats ${here.kind === "list" ? "" : "is-open"}"
      @chat-started=${(/** @type {CustomEvent} */ event) => this.#started(event.detail)}
      @open-chat=${(/** @type {CustomEvent} */ event) => (event.stopPropagation(), void this.openPerson(event.detail))}
    >
      <section class="chats-side" aria-labelledby="chats-title">
        <header class="chats-head">
          <h2 id="chats-title" tabindex="-1">${t("chats.title")}</h2>
          <button class="btn primary small" aria-label=${t("chats.new_title")} @click=${() => this.go({ kind: "new" })}>${t("chats.new")}</button>
        </header>
        ${trouble(this.panel, PLACE)} ${this.#list(here)} ${this.#requestsRow()}
      </section>
      <section class="chats-main" aria-labelledby="chat-title" @keydown=${(/** @type {KeyboardEvent} */ event) => this.#key(event)}>${this.#main(here)}</section>
    </div>`;
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    event.preventDefault();
    void this.go({ kind: "list" });
  }

  /** @param {Place} here */
  #list(here) {
    const shown = chats.list(this.held);
    if (!shown.length) return html`<div class="scroll">${empty(t("chats.empty_title"), t("chats.empty"))}</div>`;
    return html`<ul class="scroll chat-rows" role="list" aria-label=${t("chats.list")} tabindex="0">
      ${repeat(shown, ({ id }) => id, (one) => html`<li>${this.#row(one, here.kind === "chat" && here.id === one.id)}</li>`)}
    </ul>`;
  }

  /** @param {Conversation} one @param {boolean} isOpen */
  #row(one, isOpen) {
    const name = nameOf(one, this.#myId);
    const isHeld = this.#isHeld(one);
    const unread = isHeld ? 0 : one.unread_count;
    const at = one.last_message?.created_at ?? one.active_at;
    return html`<button
      class="chat-row ${unread && !one.is_muted ? "is-unread" : ""}"
      data-chat=${one.id}
      aria-current=${isOpen ? "true" : nothing}
      @click=${() => this.go({ kind: "chat", id: one.id })}
    >
      ${face(name)}
      <span class="grow">
        <span class="chat-name">${person(name)} ${marks(one)}</span>
        <span class="chat-head" dir="auto">${isHeld ? t("chats.held") : previewText(one, this.#myId)}</span>
      </span>
      <span class="chat-facts">
        ${isHeld ? nothing : html`<time datetime=${at} title=${exact(at)}>${spoken(at)}</time>`}
        ${unread ? html`<span class="count strong"><span aria-hidden="true">${unread >= UNREAD_MAX ? "99+" : unread}</span><span class="unseen">${unreadText(unread)}</span></span>` : nothing}
      </span>
    </button>`;
  }

  /** On air nothing of what came since is shown. @param {Conversation} one */
  #isHeld({ id, last_seq, last_message }) {
    const upTo = this.panel.correspondence.shownUpTo(id);
    return upTo !== null && last_seq > upTo && last_message?.author?.account_id !== this.#myId;
  }

  #requestsRow() {
    const count = chats.requests(this.state).length;
    if (!count) return nothing;
    return html`<button class="requests-row" @click=${() => this.go({ kind: "requests" })}>
      <span class="grow">${t("chats.requests")}</span><span class="dot" aria-hidden="true"></span>${t("chats.requests_waiting", { count })}
      <span aria-hidden="true">›</span>
    </button>`;
  }

  /** @param {Place} here */
  #main(here) {
    if (here.kind === "new") return html`${this.#head(t("chats.new_title"))}<new-chat .panel=${this.panel}></new-chat>`;
    if (here.kind === "requests") return html`${this.#head(t("chats.requests"))}${this.#requests()}`;
    if (here.kind === "first") return html`${this.#head(here.person.name)}<first-message .panel=${this.panel} .person=${here.person}></first-message>`;
    if (here.kind === "chat") return this.#chat(this.held.conversations[here.id]);
    return html`<h2 class="unseen" id="chat-title">${t("chats.title")}</h2><p class="note opening">${t("chats.pick")}</p>`;
  }

  /** @param {string} title @param {unknown} [facts] @param {unknown} [acts] */
  #head(title, facts = nothing, acts = nothing) {
    return html`<header class="chats-head">
      <button class="btn quiet square back" aria-label=${t("chats.back")} @click=${() => this.go({ kind: "list" })}><span aria-hidden="true">‹</span></button>
      <div class="grow">
        <h2 id="chat-title" tabindex="-1" dir="auto">${title}</h2>
        ${facts}
      </div>
      ${acts}
    </header>`;
  }

  /** @param {Conversation} one */
  #chat(one) {
    const name = nameOf(one, this.#myId);
    const names = chats.others(one, this.#myId).map((other) => other.name).join(", ");
    const facts = one.kind === "direct" ? nothing : html`<p class="note names" title=${names} dir="auto">${t("chats.members", { count: one.member_count })}: ${names}</p>`;
    const leave = one.kind === "group" ? html`<button class="btn small" @click=${() => this.#leave(one)}>${t("chats.leave")}</button>` : nothing;
    return html`${this.#head(name, facts, leave)}
      <conversation-view .panel=${this.panel} .conversationId=${one.id} .wording=${this.#wording(one, name)}></conversation-view>`;
  }

  /** @param {Conversation} one @param {string} name */
  #wording(one, name) {
    const others = chats.others(one, this.#myId);
    const names = others.slice(0, 3).map((other) => other.name).join(", ") + (others.length > 3 ? "…" : "");
    const audience = one.kind === "direct" ? t("chats.to_person", { name }) : t("chats.to_group", { count: others.length, names });
    return {
      list: t("chats.messages", { name }),
      audience,
      label: t("chats.label", { name }),
      placeholder: t("chats.placeholder", { name }),
      hasCommands: false,
      emptyTitle: t("chats.quiet_title"),
      empty: t("chats.quiet"),
      opening: t("chats.opening"),
    };
  }

  /** @param {Conversation} one */
  async #leave(one) {
    const words = { title: t("chats.leave_title"), text: t("chats.leave_explain"), yes: t("chats.leave_confirm") };
    if (!(await ask(words))) return;
    const answer = await this.panel.act(PLACE, () => this.panel.api.write("DELETE", `/chats/groups/${one.id}/members/me`));
    if (answer !== undefined) void this.go({ kind: "list" });
  }

  #requests() {
    const waiting = chats.requests(this.state);
    return html`<ul class="scroll persons" role="list" tabindex="0" aria-label=${t("chats.requests")}>
      ${repeat(waiting, ({ id }) => id, (one) => html`<li>${this.#request(one)}</li>`)}
    </ul>`;
  }

  /** @param {GroupRequest} one */
  #request(one) {
    const answer = (/** @type {string} */ word) => () => void this.#answer(one, word);
    const isBusy = this.panel.busy.has(one.id);
    return html`<div class="row plain">
      <p class="who-line">${person(one.name || t("chats.group_unnamed"))}</p>
      <p class="note">${t("chats.request_line", { name: one.invited_by.name, count: one.member_count })}</p>
      <div class="acts">
        <button class="btn primary small" ?disabled=${isBusy} @click=${answer("accept")}>${t("chats.accept")}</button>
        <button class="btn small" ?disabled=${isBusy} @click=${answer("decline")}>${t("chats.decline")}</button>
      </div>
      ${trouble(this.panel, one.id)}
    </div>`;
  }

  /** @param {GroupRequest} one @param {string} word */
  async #answer(one, word) {
    const answer = await this.panel.act(one.id, () => this.panel.api.write("POST", `/chats/requests/${one.id}/${word}`, {}));
    if (answer === undefined) return;
    this.panel.take({ removed: { kind: "group_request", id: one.id } });
    if (answer?.conversation) this.#started(answer.conversation);
    else if (!chats.requests(this.state).length) void this.go({ kind: "list" });
  }
}

/** What a chat is called: its name, the other person, or those in it. @param {Conversation} one @param {string} myId */
function nameOf(one, myId) {
  const names = chats.others(one, myId).map(({ name }) => name);
  return one.name || names.join(", ") || t("chats.group_unnamed");
}

/** @param {Conversation} one */
const marks = (one) => html`
  ${one.state === "pending" ? html`<span class="chip">${t("chats.waiting")}</span>` : nothing}
  ${one.closes_at ? html`<span class="chip">${t("chats.closes", { when: spoken(one.closes_at) })}</span>` : nothing}
  ${one.is_muted ? html`<span class="chip">${t("chats.muted")}</span>` : nothing}
`;

/** @param {Conversation} one @param {string} myId */
function previewText(one, myId) {
  const { kind, text, name } = chats.preview(one, myId);
  if (kind === "draft") return t("chats.draft", { text });
  if (kind === "mine") return t("chats.mine", { text });
  if (kind === "deleted") return t("chats.deleted");
  if (kind === "none") return t("chats.nothing");
  return name ? t("chats.theirs", { name, text }) : text;
}

/** @param {number} count */
const unreadText = (count) => (count >= UNREAD_MAX ? t("chats.unread_many") : t("chats.unread", { count }));

customElements.define("chats-list", ChatsList);
