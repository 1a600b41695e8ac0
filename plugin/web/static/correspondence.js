/** Conversations kept live: read, followed, written to, marked as read; the panel's other half beside the room. No DOM. */

import { newKey, Problem } from "./api.js";
import * as conversations from "./conversations.js";

/** @import { Panel } from "./panel.js" */
/** @import { Conversation, Frame, Message } from "./objects.d.ts" */

const PAGE = 50;
const DRAFT_MS = 900;
const READ_MS = 400;
const TYPING_EVERY_MS = 3000;
/** How long a silent microphone still counts as on air. */
const OFF_AIR_MS = 60_000;

export class Correspondence {
  /** @param {Panel} panel */
  constructor(panel) {
    this.panel = panel;
    /** @type {conversations.Correspondence} */
    this.held = conversations.NOTHING;
    /** Conversations on the screen or kept warm: they are followed. @type {Set<string>} */
    this.opened = new Set();
    /** @type {Set<string>} */
    this.loading = new Set();
    /** @type {Map<string, any>} */
    this.timers = new Map();
    /** When I last told that I am writing, by conversation. @type {Map<string, number>} */
    this.typedAt = new Map();
    this.textMax = 4000;
    this.editSeconds = 900;
    /** While I am on air: up to where each conversation is shown. @type {Map<string, number> | null} */
    this.airSeqs = null;
    /** @type {any} */
    this.airTimer = undefined;
  }

  /* ── the room starts, frames come ── */

  /** @param {import("./objects.d.ts").Bootstrap} bootstrap */
  boot(bootstrap) {
    const before = Object.keys(this.held.conversations);
    this.held = conversations.initial(bootstrap, this.held);
    if (before.some((id) => !this.held.conversations[id])) this.panel.hush();
    this.textMax = bootstrap.messaging?.limits.text_max ?? this.textMax;
    this.editSeconds = bootstrap.messaging?.limits.edit_seconds ?? this.editSeconds;
    const hostsId = bootstrap.backchannel?.conversation_id;
    if (hostsId && !this.held.conversations[hostsId]) void this.refresh(hostsId);
    for (const id of [...this.opened]) {
      if (!this.held.conversations[id]) this.opened.delete(id);
      else {
        void this.#load(id);
        void this.refresh(id);
      }
    }
  }

  /** The channels of what is open. @returns {{name: string, seq: number}[]} */
  get channels() {
    const logs = [...this.opened].map((id) => this.held.logs[id]).filter(Boolean);
    return logs.map(({ channel }) => channel);
  }

  /** @param {Frame} frame @returns {boolean} whether anything changed */
  hear(frame) {
    const before = this.held;
    this.held = conversations.apply(before, frame, this.#me);
    if (this.held === before) return false;
    if (frame.name === "messaging.channel_renewed") this.#move(frame.data.conversation);
    for (const id of this.opened) this.#mend(id);
    if (frame.name === "messaging.membership_changed" || frame.name === "messaging.conversation_changed") {
      if (this.opened.has(frame.data.conversation.id)) void this.refresh(frame.data.conversation.id);
    }
    if (frame.data?.removed) this.#forget();
    return true;
  }

  get #me() {
    return this.panel.state?.me.account_id ?? "";
  }

  /** @param {{id: string, channel: string}} told */
  #move({ id, channel }) {
    const log = this.held.logs[id];
    if (!log || log.channel.name === channel) return;
    const logs = { ...this.held.logs, [id]: { ...log, channel: { name: channel, seq: 0 } } };
    this.held = { ...this.held, logs };
    this.panel.follow();
  }

  /** Read again what was missed or may not be told to all. @param {string} id */
  #mend(id) {
    const log = this.held.logs[id];
    if (log?.isBehind) void this.#load(id, { after: String(log.messages.at(-1)?.seq ?? log.firstSeq - 1) });
    for (const messageId of log?.stale ?? []) void this.#reread(messageId);
    if (log?.stale.length) this.held = { ...this.held, logs: { ...this.held.logs, [id]: { ...log, stale: [] } } };
  }

  /** @param {string} messageId */
  async #reread(messageId) {
    const message = await this.panel.api.get(`/messages/${messageId}`).catch(() => null);
    if (message) this.#answered(message);
  }

  #forget() {
    for (const id of this.opened) if (!this.held.conversations[id]) this.opened.delete(id);
    this.panel.follow();
    this.panel.hush();
  }

  /** Read the first hundred of the list; bootstrap brings fewer. */
  async readList() {
    const page = await this.panel.api.get("/conversations", { query: { limit: "100" } }).catch(() => null);
    for (const one of page?.items ?? []) this.held = conversations.withFull(this.held, one);
    this.panel.changed();
  }

  /** Take in a conversation that an answer shows me. @param {Conversation} conversation */
  take(conversation) {
    this.held = conversations.withFull(this.held, conversation);
    this.panel.changed();
  }

  /** Ask anew what I may do there and who reads it. @param {string} id */
  async refresh(id) {
    const full = await this.panel.api.get(`/conversations/${id}`).catch(() => null);
    if (!full) return;
    this.held = conversations.withFull(this.held, full);
    this.panel.changed();
  }

  /* ── reading ── */

  /** Show a conversation and follow it. @param {string} id */
  open(id) {
    if (this.opened.has(id)) return;
    this.opened.add(id);
    void this.#load(id);
    void this.refresh(id);
  }

  /** @param {string} id */
  async earlier(id) {
    const first = this.held.logs[id]?.messages[0]?.seq;
    if (first !== undefined && conversations.hasEarlier(this.held, id)) await this.#load(id, { before: String(first) });
  }

  /** @param {string} id @param {Record<string, string>} [where] */
  async #load(id, where = {}) {
    const key = `${id} ${Object.keys(where)[0] ?? ""}`;
    if (this.loading.has(key)) return;
    this.loading.add(key);
    try {
      const window = await this.panel.api.get(`/conversations/${id}/messages`, { query: { limit: String(PAGE), ...where } });
      const channel = this.held.logs[id]?.channel;
      const isPart = Boolean(where.before || where.after);
      // A part says nothing of what was changed elsewhere meanwhile: the channel is followed from where it was.
      if (channel && isPart) window.channel = channel;
      this.held = conversations.withWindow(this.held, id, window, !isPart);
      this.panel.follow();
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      this.panel.troubles.set(id, { sentence: error.message });
    } finally {
      this.loading.delete(key);
      this.panel.changed();
    }
  }

  /** What is on the screen is read; told once for many. @param {string} id @param {number} seq */
  read(id, seq) {
    const conversation = this.held.conversations[id];
    if (!conversation || seq <= conversation.last_read_seq) return;
    this.#soon(`read ${id}`, READ_MS, async () => {
      const answer = await this.panel.api.write("PUT", `/conversations/${id}/read`, { seq }, { patient: false }).catch(() => null);
      if (answer) this.held = conversations.withFull(this.held, answer);
      this.panel.changed();
    });
  }

  /** @param {string} key @param {number} milliseconds @param {() => Promise<unknown>} run */
  #soon(key, milliseconds, run) {
    clearTimeout(this.timers.get(key));
    this.timers.set(key, setTimeout(() => void run(), milliseconds));
  }

  /* ── writing ── */

  /**
   * Send something: it stands on the screen at once.
   * @param {string} id @param {string} text @param {{quote?: Message["quote"], cards?: {type: string, id: string}[]}} [more]
   */
  async send(id, text, { quote = null, cards = [] } = {}) {
    clearTimeout(this.timers.get(`draft ${id}`));
    const client_id = newKey();
    const created_at = new Date().toISOString();
    const one = { client_id, conversation_id: id, text, cards, quote, created_at, status: /** @type {const} */ ("sending"), sentence: "" };
    this.held = conversations.withPending(this.held, one);
    const { [id]: conversation } = this.held.conversations;
    if (conversation) this.held = { ...this.held, conversations: { ...this.held.conversations, [id]: { ...conversation, draft: null } } };
    this.panel.changed();
    await this.#deliver(one);
  }

  /** @param {conversations.Pending} one */
  async #deliver({ client_id, conversation_id, text, cards, quote }) {
    const body = { text, client_id, cards, ...(quote ? { quote_id: quote.id } : {}) };
    try {
      const message = await this.panel.api.write("POST", `/conversations/${conversation_id}/messages`, body, { key: client_id });
      this.held = conversations.withAnswer(this.held, message);
      this.#mend(conversation_id);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      this.held = conversations.withStatus(this.held, client_id, error.isOffline ? "waiting" : "failed", error.message);
    }
    this.panel.changed();
  }

  /** @param {conversations.Pending} one */
  async again(one) {
    this.held = conversations.withStatus(this.held, one.client_id, "sending");
    this.panel.changed();
    await this.#deliver(one);
  }

  /** @param {conversations.Pending} one */
  discard(one) {
    this.held = conversations.discarded(this.held, one.client_id);
    this.panel.changed();
  }

  /** What was kept while we were away, in order. */
  async sendWaiting() {
    for (const one of this.held.pending) if (one.status === "waiting") await this.again(one);
  }

  /** @param {string} id @param {string} text @param {string | null} quoteId */
  keepDraft(id, text, quoteId) {
    this.#soon(`draft ${id}`, DRAFT_MS, () =>
      this.panel.api.write("PUT", `/conversations/${id}/draft`, { text, ...(quoteId ? { quote_id: quoteId } : {}) }, { patient: false }).catch(() => {}),
    );
  }

  /** @param {string} id */
  typing(id) {
    const last = this.typedAt.get(id) ?? 0;
    if (Date.now() - last < TYPING_EVERY_MS) return;
    this.typedAt.set(id, Date.now());
    this.panel.api.write("POST", `/conversations/${id}/typing`, {}, { patient: false }).catch(() => {});
  }

  /* ── what is done to a message ── */

  /** @param {Message} message @param {string} method @param {string} rest @param {any} [body] @param {number} [version] */
  async #change(message, method, rest, body, version) {
    const run = () => this.panel.api.write(method, `/messages/${message.id}${rest}`, body, version ? { version } : {});
    const answer = await this.panel.act(message.id, run);
    if (answer) this.#answered(answer);
    return Boolean(answer);
  }

  /** @param {Message} message */
  #answered(message) {
    this.held = conversations.withAnswer(this.held, message);
    this.panel.changed();
  }

  /** @param {Message} message @param {string} text */
  edit = (message, text) => this.#change(message, "PATCH", "", { text }, message.version);
  /** @param {Message} message */
  remove = (message) => this.#change(message, "DELETE", "");
  /** @param {Message} message */
  pin = (message) => this.#change(message, message.pinned_at ? "DELETE" : "PUT", "/pin");

  /** @param {Message} message @param {string} emoji */
  react(message, emoji) {
    const mine = message.reactions.find((one) => one.emoji === emoji)?.mine;
    return this.#change(message, mine ? "DELETE" : "PUT", `/reactions/${encodeURIComponent(emoji)}`);
  }

  /* ── on air ── */

  /** My microphone opened or closed; what comes while it is open is held back. @param {boolean} isAudible @param {boolean} isOnStage */
  air(isAudible, isOnStage) {
    if (isAudible) {
      clearTimeout(this.airTimer);
      this.airTimer = undefined;
      this.airSeqs ??= new Map(Object.values(this.held.conversations).map(({ id, last_seq }) => [id, last_seq]));
    } else if (this.airSeqs && !isOnStage) this.landed();
    else if (this.airSeqs) this.airTimer ??= setTimeout(() => this.landed(), OFF_AIR_MS);
  }

  /** Off air: what was held is shown, and said once. */
  landed() {
    clearTimeout(this.airTimer);
    this.airTimer = undefined;
    const count = this.heldCount;
    this.airSeqs = null;
    if (count) this.panel.sayLanded(count);
    this.panel.changed();
  }

  /** Show what is held now, although I am on air: I asked for it. */
  reveal() {
    if (!this.airSeqs) return;
    this.airSeqs = new Map(Object.values(this.held.conversations).map(({ id, last_seq }) => [id, last_seq]));
    this.panel.changed();
  }

  /** Up to where a conversation is shown; null when nothing is held back. @param {string} id */
  shownUpTo(id) {
    return this.airSeqs ? (this.airSeqs.get(id) ?? 0) : null;
  }

  /** How many messages wait until I am off air. */
  get heldCount() {
    if (!this.airSeqs) return 0;
    const me = this.#me;
    return Object.values(this.held.conversations).reduce((sum, { id, last_seq }) => {
      const log = this.held.logs[id];
      const since = this.airSeqs?.get(id) ?? 0;
      return sum + (log ? conversations.heldBack(log.messages, since, me).length : Math.max(0, last_seq - since));
    }, 0);
  }
}
