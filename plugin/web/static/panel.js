/** The panel without its picture: state, connection, what is on its way, what went wrong; components draw it. */

import { Announcer, messageNews, newsOf } from "./announcements.js";
import { Problem, newKey } from "./api.js";
import { Correspondence } from "./correspondence.js";
import { t } from "./messages.js";
import { LiveSocket } from "./socket.js";
import * as store from "./store.js";

/** @import { Frame, Question, State, Voice } from "./objects.d.ts" */

const HEARTBEAT_MS = 30_000;
/** A whole audience does not read anew in the same moment. */
const END_SPREAD_MS = 3000;

/**
 * @typedef {"starting" | "ready" | "waiting" | "guest" | "signed_out" | "removed" | "failed"} Phase
 * @typedef {{ sentence: string, redo?: { label: string, run: () => void } }} Trouble
 * @typedef {{ key: string, text: string, voice: Voice, status: "sending" | "waiting" | "failed", sentence: string, isTold?: boolean }} Draft
 * @typedef {{ questionId: string, sentence: string, until: string | null }} Undoable
 * @typedef {ReturnType<typeof import("./api.js").createApi>} Api
 */

/** A text as the server may have tidied it. @param {string} text */
const wordsOf = (text) => text.normalize("NFKC").replace(/\s+/g, " ").trim();

/** One open panel. */
export class Panel extends EventTarget {
  /** @param {{ api: Api, socketUrl: () => string, say?: (text: string) => void, Socket?: typeof WebSocket }} parts */
  constructor({ api, socketUrl, say = () => {}, Socket }) {
    super();
    this.api = api;
    /** @type {State | null} */
    this.state = null;
    /** @type {Phase} */
    this.phase = "starting";
    this.sentence = "";
    /** @type {import("./socket.js").Status} */
    this.status = "connecting";
    this.hasBeenOnline = false;
    /** @type {Map<string, Trouble>} */
    this.troubles = new Map();
    /** @type {Set<string>} */
    this.busy = new Set();
    /** Votes on their way: what I want, by question. @type {Map<string, boolean>} */
    this.voting = new Map();
    /** @type {Draft[]} */
    this.drafts = [];
    /** When I may ask again, by our own clock. */
    this.askAgainAt = 0;
    /** @type {Undoable | null} */
    this.undoable = null;
    this.announcer = new Announcer(say);
    this.socket = new LiveSocket({
      url: socketUrl,
      ticket: () => api.socketTicket(),
      onPush: (push) => this.hear(push),
      onGap: () => void this.reboot(),
      onStatus: (status) => this.#connection(status),
      onStop: (reason) => this.#stopped(reason),
      Socket,
    });
    this.correspondence = new Correspondence(this);
    /** What the room itself is told on. @type {{name: string, seq: number}[]} */
    this.channels = [];
    this.isScheduled = false;
    this.saidOffline = false;
    /** @type {any} */
    this.heartbeat = undefined;
    /** @type {Promise<void> | null} */
    this.rebooting = null;
    /** Frames that came while a fresh bootstrap was under way. @type {Frame[] | null} */
    this.held = null;
  }

  /** Tell the components, once for everything that changes in this turn. */
  changed() {
    if (this.isScheduled) return;
    this.isScheduled = true;
    queueMicrotask(() => {
      this.isScheduled = false;
      this.dispatchEvent(new Event("change"));
    });
  }

  /** @param {Phase} phase @param {string} [sentence] */
  show(phase, sentence = "") {
    this.phase = phase;
    this.sentence = sentence;
    this.changed();
  }

  /** Read everything and go live; signed in already. */
  async open() {
    this.show("starting");
    try {
      await this.#boot();
    } catch (error) {
      this.#bootFailed(error);
      return;
    }
    this.show("ready");
    this.socket.start();
    this.heartbeat ??= setInterval(() => this.#beat(), HEARTBEAT_MS);
  }

  async #boot() {
    this.held = [];
    try {
      const bootstrap = await this.api.get("/bootstrap");
      this.state = store.initial(bootstrap);
      this.correspondence.boot(bootstrap);
      this.channels = bootstrap.channels;
      this.follow();
      for (const frame of this.held) this.#takeIn(frame);
      this.#breathe();
    } finally {
      this.held = null;
    }
  }

  /** Hear the room and what is open of conversations. */
  follow() {
    this.socket.follow([...this.channels, ...this.correspondence.channels]);
  }

  /** @param {Frame} frame @returns {boolean} whether it said anything new */
  #takeIn(frame) {
    const before = this.state;
    if (!before) return false;
    const isTold = this.correspondence.hear(frame);
    this.state = store.apply(before, frame);
    return isTold || this.state !== before;
  }

  /** Whether I am on air decides what is shown at once. */
  #breathe() {
    const me = this.state && this.state.participants[this.state.me.participant_id];
    if (me) this.correspondence.air(me.is_audible, me.can_speak);
  }

  /** @param {unknown} error */
  #bootFailed(error) {
    if (!(error instanceof Problem)) throw error;
    if (this.phase === "removed") return;
    if (error.status === 401) this.show("signed_out");
    else if (error.status === 403 || error.code === "removed") this.show("removed");
    else this.show("failed", error.message);
  }

  /** Read everything anew: something was missed, or my rights changed. */
  reboot() {
    this.rebooting ??= this.#boot()
      .catch((error) => this.#rebootFailed(error))
      .finally(() => {
        this.rebooting = null;
        this.changed();
      });
    return this.rebooting;
  }

  /** @param {unknown} error */
  #rebootFailed(error) {
    const isOver = error instanceof Problem && (error.status === 401 || error.status === 403);
    if (isOver) {
      this.socket.stop();
      this.#bootFailed(error);
    } else this.socket.start();
  }

  /** Take in one frame. @param {Frame} frame */
  hear(frame) {
    this.held?.push(frame);
    const before = this.state;
    if (!before) return;
    if (frame.name === "rooms.removed") return void this.#leave();
    if (frame.data?.notice) this.#warn(frame.data.notice);
    if (!this.#takeIn(frame)) return;
    this.#breathe();
    this.#recognise(before, frame);
    this.announcer.tell(newsOf(before, this.state ?? before, frame));
    if (!this.correspondence.airSeqs) this.announcer.tell(messageNews(this.correspondence.held, before.me.account_id, frame));
    if (frame.name === "rooms.role_changed") void this.reboot();
    this.#noticeEnd(before);
    this.changed();
  }

  /** The room may tell my question before the answer to my asking comes: then it is not shown twice. @param {State} before @param {Frame} frame */
  #recognise(before, frame) {
    const { question } = frame.data ?? {};
    const isNews = question && (!before.questions[question.id] || !before.mine[question.id]);
    if (!isNews || question.author?.name !== before.me.name) return;
    const words = wordsOf(question.text);
    const draft = this.drafts.findLast((other) => !other.isTold && wordsOf(other.text) === words);
    if (draft) draft.isTold = true;
  }

  /** The end of a session empties the room without a word on each person: everything is read once more. @param {State} before */
  #noticeEnd(before) {
    const { state } = this;
    if (!state || before.session.state === "ended" || state.session.state !== "ended") return;
    setTimeout(() => this.phase === "ready" && void this.reboot(), store.isBackstage(state) ? 0 : Math.random() * END_SPREAD_MS);
  }

  /** My questions that the room does not show yet. */
  get unsent() {
    return this.drafts.filter((draft) => !draft.isTold || draft.status === "failed");
  }

  /** What came while I was on air, said once. @param {number} count */
  sayLanded(count) {
    this.announcer.tell([{ kind: "other", isMine: true, text: t("air.landed", { count }) }]);
  }

  /** What was said aloud may not be read here any more. */
  hush() {
    this.announcer.waiting = [];
    this.dispatchEvent(new Event("hush"));
  }

  #leave() {
    this.socket.stop();
    this.show("removed");
  }

  /** The audio server did not do what a host asked of it. @param {{participant_id: string, message: string}} notice */
  #warn({ participant_id, message }) {
    this.troubles.set(participant_id, { sentence: message });
    this.changed();
  }

  /** @param {import("./socket.js").Status} status */
  #connection(status) {
    const wasOnline = this.status === "online";
    this.status = status;
    if (status === "online") {
      if (this.hasBeenOnline && !wasOnline && this.saidOffline) this.#say("say.online");
      this.hasBeenOnline = true;
      this.saidOffline = false;
      void this.sendWaiting();
      void this.correspondence.sendWaiting();
    } else if (status === "offline" && wasOnline) {
      this.saidOffline = true;
      this.#say("say.offline");
    }
    this.changed();
  }

  /** @param {import("./messages.js").Key} key */
  #say(key) {
    this.announcer.tell([{ kind: "other", isMine: true, text: t(key) }]);
  }

  /** @param {string} reason */
  #stopped(reason) {
    if (reason === "signed_out") void this.#recover();
    else this.show("failed", t("error.unexpected"));
  }

  /** The server ended our socket: either our tokens need renewing or we are no longer welcome. */
  async #recover() {
    try {
      await this.#boot();
      this.socket.start();
      this.changed();
    } catch (error) {
      this.#bootFailed(error);
    }
  }

  #beat() {
    if (this.phase !== "ready" || !this.state || store.isOver(this.state)) return;
    this.api.write("POST", "/heartbeat", undefined, { patient: false }).catch(() => {});
  }

  get isOnline() {
    return this.status === "online";
  }

  /** Whether the screen shows the past: the connection was there and is lost. */
  get isStale() {
    return this.phase === "ready" && (this.status === "offline" || (this.hasBeenOnline && !this.isOnline));
  }

  /* ── acts ── */

  /**
   * Do one thing; its trouble stays where it happened.
   * @param {string} place what the trouble belongs to, e.g. a question's id
   * @param {() => Promise<any>} run
   * @param {(problem: Problem) => Trouble} [explain]
   * @returns {Promise<any>} the server's answer, or undefined after trouble
   */
  async act(place, run, explain) {
    if (this.busy.has(place)) return undefined;
    this.busy.add(place);
    this.troubles.delete(place);
    this.changed();
    try {
      const answer = await run();
      this.take(answer);
      return answer ?? null;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      this.take({ question: error.body.question?.id ? error.body.question : undefined });
      const again = { label: t("panel.try_again"), run: () => void this.act(place, run, explain) };
      this.troubles.set(place, explain?.(error) ?? { sentence: error.message, redo: error.isOffline ? again : undefined });
      return undefined;
    } finally {
      this.busy.delete(place);
      this.changed();
    }
  }

  /** @param {any} answer */
  take(answer) {
    const before = this.state;
    if (before) {
      this.state = store.absorbAnswer(before, answer);
      this.#noticeEnd(before);
    }
    this.changed();
  }

  /** @param {string} place */
  forgive(place) {
    this.troubles.delete(place);
    this.changed();
  }

  /* ── asking ── */

  /** @param {string} text @param {Voice} voice */
  ask(text, voice) {
    /** @type {Draft} */
    const draft = { key: newKey(), text, voice, status: "sending", sentence: "" };
    this.drafts = [draft, ...this.drafts];
    this.changed();
    return this.sendDraft(draft);
  }

  /** @param {Draft} draft @returns {Promise<Problem | null>} */
  async sendDraft(draft) {
    this.#redraft(draft, "sending");
    const { text, voice, key } = draft;
    try {
      const question = await this.api.write("POST", "/questions", { text, voice, client_id: key }, { key });
      this.drafts = this.drafts.filter((other) => other !== draft);
      if (this.state) this.state = store.withMine(this.state, question);
      return null;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      this.#redraft(draft, error.isOffline ? "waiting" : "failed", error.message);
      if (error.retryAfterSeconds) this.askAgainAt = Date.now() + error.retryAfterSeconds * 1000;
      return error;
    } finally {
      this.changed();
    }
  }

  /** @param {Draft} draft @param {Draft["status"]} status @param {string} [sentence] */
  #redraft(draft, status, sentence = "") {
    Object.assign(draft, { status, sentence });
    this.changed();
  }

  /** @param {Draft} draft */
  discard(draft) {
    this.drafts = this.drafts.filter((other) => other !== draft);
    this.changed();
  }

  /** What was kept while we were away goes out, the oldest first. */
  async sendWaiting() {
    for (const draft of [...this.drafts].reverse()) {
      if (draft.status === "waiting") await this.sendDraft(draft);
    }
  }

  /* ── voting ── */

  /** @param {Question} question */
  async vote(question) {
    const isOn = !this.hasMyVote(question.id);
    this.voting.set(question.id, isOn);
    this.changed();
    await this.act(question.id, async () => {
      const answer = await this.api.write(isOn ? "PUT" : "DELETE", `/questions/${question.id}/vote`);
      if (this.state) this.state = store.withVote(this.state, question.id, isOn);
      return answer;
    });
    this.voting.delete(question.id);
    this.changed();
  }

  /** @param {string} id */
  hasMyVote(id) {
    return this.voting.get(id) ?? Boolean(this.state?.voted[id]);
  }

  /** Votes with mine that is still on its way. @param {Question} question @returns {number | null} */
  votesOf(question) {
    if (question.votes === null) return null;
    const wish = this.voting.get(question.id);
    if (wish === undefined || wish === Boolean(this.state?.voted[question.id])) return question.votes;
    return Math.max(0, question.votes + (wish ? 1 : -1));
  }
}
