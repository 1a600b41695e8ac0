/** What a screen reader is told, and when: one piece of news at a time, never the whole list. */

import { t } from "./messages.js";
import * as store from "./store.js";

/** @import { Frame, Question, StageTurn, State } from "./objects.d.ts" */
/** @typedef {{ kind: "question" | "hand" | "message" | "other", isMine: boolean, text: string }} News */

/** @type {Record<string, import("./messages.js").Key>} */
const MINE = {
  open: "say.yours_open",
  queued: "say.yours_queued",
  on_stage: "say.yours_on_stage",
  answered_live: "say.yours_answered",
  answered_text: "say.yours_answered",
  declined: "say.yours_declined",
};
/** @type {Record<string, import("./messages.js").Key>} */
const TURNS = {
  accepted: "say.turn_accepted",
  on_stage: "say.turn_on_stage",
  failed: "say.turn_failed",
  declined: "say.turn_declined",
  expired: "say.turn_expired",
};

/** The news in one frame. @param {State} before @param {State} after @param {Frame} frame @returns {News[]} */
export function newsOf(before, after, frame) {
  const data = frame.data ?? {};
  if (data.question) return questionNews(before, after, data.question.id);
  if (data.turn) return turnNews(before, after, data.turn.id);
  if (data.hand) return handNews(before, after, data.hand.id);
  if (data.qa_settings) return settingsNews(before, after);
  return [];
}

/** @param {State} before @param {State} after @param {string} id @returns {News[]} */
function questionNews(before, after, id) {
  const [was, is] = [before.questions[id], after.questions[id]];
  if (!is) return [];
  if (after.mine[id]) return myNews(before, after, was, is);
  if (!was && (is.state === "open" || is.state === "pending")) {
    const text = t("say.question", { name: is.author.name, text: is.text });
    return [{ kind: "question", isMine: false, text }];
  }
  if (is.state !== "on_stage" || was?.state === "on_stage") return [];
  return [{ kind: "other", isMine: false, text: t("say.on_stage", { number: String(is.number), text: is.text }) }];
}

/** @param {State} before @param {State} after @param {Question | undefined} was @param {Question} is @returns {News[]} */
function myNews(before, after, was, is) {
  const tell = (/** @type {import("./messages.js").Key} */ key) => [
    /** @type {News} */ ({ kind: "other", isMine: true, text: t(key) }),
  ];
  if (was && was.state !== is.state && MINE[is.state]) return tell(MINE[is.state]);
  if (was && !was.seen_at && is.seen_at) return tell("say.yours_seen");
  const isNext = store.queuePosition(after, is.id) === 0 && store.queuePosition(before, is.id) !== 0;
  return was && isNext ? tell("say.yours_next") : [];
}

/** @param {State} before @param {State} after @param {string} id @returns {News[]} */
function turnNews(before, after, id) {
  const [was, is] = [before.turns[id], after.turns[id]];
  const key = is && is.state !== was?.state ? TURNS[is.state] : undefined;
  if (!key || is.participant_id === after.me.participant_id || !store.isBackstage(after)) return [];
  return [{ kind: "other", isMine: false, text: t(key, { name: is.name }) }];
}

/** @param {State} before @param {State} after @param {string} id @returns {News[]} */
function handNews(before, after, id) {
  const hand = after.hands[id];
  if (before.hands[id] || !hand || !store.isBackstage(after)) return [];
  return [{ kind: "hand", isMine: false, text: t("say.hand", { name: hand.name }) }];
}

/** @param {State} before @param {State} after @returns {News[]} */
function settingsNews(before, after) {
  if (before.settings.moderation === after.settings.moderation) return [];
  const key = after.settings.moderation === "off" ? "say.audience_everyone" : "say.audience_review";
  return [{ kind: "other", isMine: true, text: t(key) }];
}

/**
 * A message of somebody else's, where I may read it; only the new one is said, never the list.
 * @param {import("./conversations.js").Correspondence} held @param {string} myId @param {Frame} frame @returns {News[]}
 */
export function messageNews({ conversations }, myId, { name, data }) {
  const message = name === "messaging.message_sent" ? data?.message : undefined;
  const conversation = message && conversations[message.conversation_id];
  if (!conversation || message.author?.account_id === myId) return [];
  const key = conversation.kind === "backchannel" ? "say.hosts_message" : "say.message";
  return [{ kind: "message", isMine: false, text: t(key, { name: message.author?.name ?? "", text: message.text.slice(0, 200) }) }];
}

/** What waits, said in as few words as it takes. @param {News[]} waiting @returns {string} */
export function summary(waiting) {
  if (waiting.length === 1) return waiting[0].text;
  const questions = waiting.filter(({ kind }) => kind === "question").length;
  const hands = waiting.filter(({ kind }) => kind === "hand").length;
  const messages = waiting.filter(({ kind }) => kind === "message");
  const others = waiting.filter(({ kind }) => kind === "other");
  const said = others.slice(-2).map(({ text }) => text);
  if (questions === 1) said.push(...waiting.filter(({ kind }) => kind === "question").map(({ text }) => text));
  if (questions > 1) said.push(t("say.questions", { count: questions }));
  if (messages.length === 1) said.push(messages[0].text);
  if (messages.length > 1) said.push(t("say.messages", { count: messages.length }));
  if (hands) said.push(t("say.hands", { count: hands }));
  if (others.length > 2) said.push(t("say.more", { count: others.length - 2 }));
  return said.join(" ");
}

/** Says the first piece at once and what follows together, at most every three seconds. */
export class Announcer {
  /** @param {(text: string) => void} say @param {{ later?: (run: () => void, ms: number) => any, pauseMs?: number }} [options] */
  constructor(say, { later = (run, ms) => setTimeout(run, ms), pauseMs = 3000 } = {}) {
    this.say = say;
    this.later = later;
    this.pauseMs = pauseMs;
    this.isResting = false;
    /** What the person wants to hear: `all`, `mine` or `none`. */
    this.wish = "all";
    /** @type {News[]} */
    this.waiting = [];
  }

  /** @param {News[]} news */
  tell(news) {
    if (this.wish === "none") return;
    this.waiting.push(...news.filter(({ isMine }) => isMine || this.wish === "all"));
    if (!this.isResting) this.#speak();
  }

  #speak() {
    if (!this.waiting.length) return;
    const news = this.waiting.splice(0);
    this.say(summary(news));
    this.isResting = true;
    this.later(() => {
      this.isResting = false;
      this.#speak();
    }, this.pauseMs);
  }
}
