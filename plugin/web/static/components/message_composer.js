/** Where a message is written: who will read it, what it answers, the draft that waits on the server. */

import { t } from "../messages.js";
import { COMMANDS, isCommand, meaning, suggested } from "../slash_commands.js";
import { html, live, nothing } from "../vendor/lit.js";
import { PanelElement } from "./element.js";

/** @import { Conversation, Message } from "../objects.d.ts" */
/** @typedef {{ audience: unknown, label: string, placeholder: string, hasCommands: boolean }} Wording */

export class MessageComposer extends PanelElement {
  static properties = {
    ...PanelElement.properties,
    conversationId: { attribute: false },
    wording: { attribute: false },
    quote: { attribute: false },
    editing: { attribute: false },
    text: { state: true },
    sentence: { state: true },
  };

  constructor() {
    super();
    this.conversationId = "";
    this.wording = /** @type {Wording} */ ({ audience: "", label: "", placeholder: "", hasCommands: false });
    /** @type {Message | null} */
    this.quote = null;
    /** @type {Message | null} */
    this.editing = null;
    this.text = "";
    this.sentence = "";
    /** The draft as the server last had it. */
    this.knownDraft = "";
    this.shownFor = "";
  }

  /** @returns {Conversation | undefined} */
  get conversation() {
    return this.panel.correspondence.held.conversations[this.conversationId];
  }

  /** @param {Map<string, unknown>} changes */
  willUpdate(changes) {
    if (changes.has("editing")) this.#beginOrEndEditing(/** @type {Message | null | undefined} */ (changes.get("editing")));
    const draft = this.conversation?.draft?.text ?? "";
    const isNew = this.shownFor !== this.conversationId;
    if (isNew || (draft !== this.knownDraft && !this.editing && this.text === this.knownDraft)) this.text = draft;
    if (isNew) this.sentence = "";
    this.knownDraft = draft;
    this.shownFor = this.conversationId;
  }

  /** @param {Message | null | undefined} before */
  #beginOrEndEditing(before) {
    if (this.editing) this.text = this.editing.text;
    else if (before) this.text = this.knownDraft;
    if (this.editing || before) void this.updateComplete.then(() => this.focusField());
  }

  focusField() {
    this.querySelector("textarea")?.focus();
  }

  get over() {
    return [...this.text].length - this.panel.correspondence.textMax;
  }

  /** @param {Event} event */
  #typed(event) {
    this.text = /** @type {HTMLTextAreaElement} */ (event.target).value;
    this.sentence = "";
    if (this.editing) return;
    const { correspondence } = this.panel;
    correspondence.keepDraft(this.conversationId, this.text, this.quote?.id ?? null);
    if (this.text && !isCommand(this.text)) correspondence.typing(this.conversationId);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.key === "Escape" && (this.quote || this.editing)) {
      event.preventDefault();
      this.#cancel();
    }
    if (event.key === "ArrowUp" && !this.text) this.dispatchEvent(new CustomEvent("edit-last", { bubbles: true }));
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    void this.#send();
  }

  #cancel() {
    this.dispatchEvent(new CustomEvent("cancel-writing", { bubbles: true }));
    this.focusField();
  }

  /** @param {Event} [event] */
  async #send(event) {
    event?.preventDefault();
    const text = this.text.trim();
    if (!text || this.over > 0) return;
    if (this.editing) return void (await this.#save(text));
    if (this.wording.hasCommands && isCommand(text)) return void this.#command(text);
    this.#clear();
    const { quote } = this;
    this.dispatchEvent(new CustomEvent("cancel-writing", { bubbles: true }));
    await this.panel.correspondence.send(this.conversationId, text, { quote: quote && quoteOf(quote) });
  }

  #clear() {
    this.text = "";
    this.knownDraft = "";
    this.dispatchEvent(new CustomEvent("sent", { bubbles: true }));
  }

  /** @param {string} text */
  #command(text) {
    const { sentence = "", send, run } = meaning(this.panel, text);
    this.sentence = sentence;
    if (sentence) return;
    this.#clear();
    if (run) {
      run();
      this.panel.correspondence.keepDraft(this.conversationId, "", null);
    }
    if (send) void this.panel.correspondence.send(this.conversationId, send.text, { cards: send.cards });
  }

  /** @param {string} text */
  async #save(text) {
    const message = /** @type {Message} */ (this.editing);
    if (text !== message.text && !(await this.panel.correspondence.edit(message, text))) return;
    this.#cancel();
  }

  /** @param {string} word */
  #choose(word) {
    this.text = `/${word} `;
    this.focusField();
  }

  render() {
    const { wording, text } = this;
    const hints = wording.hasCommands && !this.editing ? suggested(text) : [];
    return html`<form class="composer" @submit=${(/** @type {Event} */ event) => this.#send(event)}>
      <div class="who">
        <span id="talk-audience">${wording.audience}</span>
        ${wording.hasCommands ? html`<span id="talk-commands">${t("hosts.commands")}</span>` : nothing}
      </div>
      ${this.#above()} ${hints.length ? this.#hints(hints) : nothing}
      <div class="field">
        <textarea
          rows=${Math.min(5, 1 + Math.floor(text.length / 42) + (text.match(/\n/g)?.length ?? 0))}
          aria-label=${wording.label}
          aria-describedby="talk-audience talk-note"
          placeholder=${wording.placeholder}
          dir="auto"
          .value=${live(text)}
          @input=${this.#typed}
          @keydown=${this.#key}
        ></textarea>
        <button class="btn send" ?disabled=${this.over > 0}>${t(this.editing ? "talk.save" : "talk.send")}</button>
      </div>
      <div class="under" id="talk-note" role="status">${this.#note()}</div>
    </form>`;
  }

  #above() {
    if (!this.quote && !this.editing) return nothing;
    const words = this.editing ? t("talk.editing") : t("talk.answering", { name: this.quote?.author?.name ?? t("talk.house") });
    return html`<div class="answering">
      <p class="grow"><b>${words}</b>${this.quote ? html` <span dir="auto">${this.quote.text.slice(0, 160)}</span>` : nothing}</p>
      <button type="button" class="btn quiet small" @click=${() => this.#cancel()}>${t("panel.cancel")}</button>
    </div>`;
  }

  /** @param {typeof COMMANDS} hints */
  #hints(hints) {
    return html`<ul class="hints" role="list" aria-label=${t("slash.label")}>
      ${hints.map(
        ({ word, example, key }) =>
          html`<li><button type="button" @click=${() => this.#choose(word)}><b>${example}</b> <span>${t(key)}</span></button></li>`,
      )}
    </ul>`;
  }

  #note() {
    if (this.sentence) return html`<span class="warned">${this.sentence}</span>`;
    return this.over > 0 ? html`<span class="warned">${t("talk.over", { count: this.over })}</span>` : nothing;
  }
}

/** @param {Message} message @returns {NonNullable<Message["quote"]>} */
const quoteOf = ({ id, seq, author, text, is_deleted }) => ({ id, seq, author, head: text.slice(0, 160), is_deleted });

customElements.define("message-composer", MessageComposer);
