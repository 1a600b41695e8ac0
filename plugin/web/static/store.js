/** What the panel knows: one state, built from a bootstrap and moved on by frames; plain data, no DOM. */

import * as chats from "./chats.js";

/** @import { Bootstrap, Frame, Hand, Participant, Question, StageTurn, State } from "./objects.d.ts" */

const ENDED_TURNS = new Set(["left", "declined", "withdrawn", "expired"]);
const NOTED_TURNS = new Set(["declined", "expired"]);
const HOSTING = new Set(["host", "cohost"]);
const BACKSTAGE = new Set(["host", "cohost", "producer"]);

/**
 * @template {{id: string}} T
 * @param {T[]} items
 * @returns {Record<string, T>}
 */
const byId = (items) => Object.fromEntries(items.map((item) => [item.id, item]));

/** @param {string[]} ids @returns {Record<string, true>} */
const idSet = (ids) => Object.fromEntries(ids.map((id) => [id, /** @type {const} */ (true)]));

/** The state that a bootstrap describes. @param {Bootstrap} bootstrap @returns {State} */
export function initial(bootstrap) {
  const { me, room, session, participants, hands, turns, qa, channels } = bootstrap;
  return {
    me,
    room,
    session,
    settings: qa.settings,
    limits: qa.limits,
    participants: byId(participants),
    hands: byId(hands),
    turns: byId(turns),
    questions: byId(qa.questions),
    mine: idSet(qa.mine),
    voted: idSet(qa.voted),
    seqs: Object.fromEntries(channels.map(({ name, seq }) => [name, seq])),
    chats: chats.initial(bootstrap),
  };
}

/**
 * The state after one frame. Old and repeated frames change nothing, so frames may come twice.
 * @param {State} state @param {Frame} frame @returns {State}
 */
export function apply(state, frame) {
  if (!frame.data) return state;
  const channel = frame.channel ?? "";
  const held = state.seqs[channel];
  const seq = frame.seq ?? null;
  if (seq !== null && held !== undefined && seq <= held) return state;
  const next = absorb(state, frame.data, channel);
  return seq === null ? next : { ...next, seqs: { ...next.seqs, [channel]: seq } };
}

/**
 * The state after one answer or push body was taken in.
 * @param {State} state @param {any} data @param {string} [channel] @returns {State}
 */
export function absorb(state, data, channel = "") {
  let next = state;
  if (data.session) next = { ...next, session: newer(next.session, data.session) };
  if (data.qa_settings) next = { ...next, settings: newer(next.settings, data.qa_settings) };
  if (data.participant) next = withParticipant(next, data.participant);
  if (data.hand) next = upsert(next, "hands", data.hand);
  if (data.turn) next = upsert(next, "turns", data.turn);
  if (data.question) next = withQuestion(next, data.question, channel);
  if (data.question_id && "votes" in data) next = withTally(next, data);
  if (data.voted) next = data.voted.reduce((/** @type {State} */ seen, /** @type {string} */ id) => withVote(seen, id, true), next);
  if (Array.isArray(data.voted)) next = { ...next, voted: idSet(data.voted) };
  if ("present_count" in data) next = withPresence(next, data);
  if (data.removed) next = without(next, data.removed, channel);
  const told = chats.absorb(next.chats, data);
  return told === next.chats ? next : { ...next, chats: told };
}

/** @type {Record<string, string>} */
const KIND_OF_PREFIX = { qst: "question", hnd: "hand", trn: "turn", par: "participant", ses: "session" };

/**
 * The state after the server answered a write: the body is one object, or names its objects as a push does.
 * @param {State} state @param {any} body @returns {State}
 */
export function absorbAnswer(state, body) {
  if (!body || typeof body !== "object") return state;
  const kind = typeof body.id === "string" ? KIND_OF_PREFIX[body.id.split("_")[0]] : undefined;
  if (kind) return absorb(state, { [kind]: body });
  if ("moderation" in body && "vote_counts" in body) return absorb(state, { qa_settings: body });
  if ("is_followed" in body && "is_blocked" in body) return absorb(state, { relation: body });
  return absorb(state, body);
}

/**
 * @template {{version?: number}} T
 * @param {T | undefined} held @param {T} incoming @returns {T}
 */
function newer(held, incoming) {
  if (!held) return incoming;
  if ((incoming.version ?? Infinity) < (held.version ?? -Infinity)) return held;
  return { ...held, ...incoming };
}

/**
 * @param {State} state @param {"hands" | "turns" | "participants" | "questions"} kind @param {any} item
 * @returns {State}
 */
function upsert(state, kind, item) {
  const items = state[kind];
  const kept = newer(items[item.id], item);
  return kept === items[item.id] ? state : { ...state, [kind]: { ...items, [item.id]: kept } };
}

/** @param {State} state @param {Participant} participant @returns {State} */
function withParticipant(state, participant) {
  const next = upsert(state, "participants", participant);
  if (participant.id !== state.me.participant_id) return next;
  const { role, name } = participant;
  return { ...next, me: { ...next.me, role, name, is_quiet: participant.is_quiet ?? next.me.is_quiet } };
}

/** @param {State} state @param {Question} question @param {string} channel @returns {State} */
function withQuestion(state, question, channel) {
  const held = state.questions[question.id];
  const hides = question.votes === null && held?.votes != null && canSeeVotes(state, question.id);
  const next = upsert(state, "questions", hides ? { ...question, votes: held.votes } : question);
  if (!channel.startsWith("asker:") || next.mine[question.id]) return next;
  return { ...next, mine: { ...next.mine, [question.id]: true } };
}

/** @param {State} state @param {string} questionId */
const canSeeVotes = (state, questionId) =>
  state.settings.vote_counts === "after_vote" && Boolean(state.voted[questionId] || state.mine[questionId]);

/** @param {State} state @param {any} tally @returns {State} */
function withTally(state, tally) {
  const held = state.questions[tally.question_id];
  if (!held) return state;
  const { votes, guest_votes } = tally;
  const counted = guest_votes === undefined ? { ...held, votes } : { ...held, votes, guest_votes };
  return { ...state, questions: { ...state.questions, [held.id]: counted } };
}

/** @param {State} state @param {any} presence @returns {State} */
function withPresence(state, { present_count, quiet_count }) {
  const session = { ...state.session, present_count, quiet_count: quiet_count ?? state.session.quiet_count };
  return { ...state, session };
}

/** @type {Record<string, "hands" | "turns" | "participants" | "questions">} */
const PLURAL = { hand: "hands", turn: "turns", participant: "participants", question: "questions" };

/** @param {State} state @param {{kind: string, id: string}} removed @param {string} channel @returns {State} */
function without(state, removed, channel) {
  const kind = PLURAL[removed.kind];
  if (!kind || !(removed.id in state[kind])) return state;
  // The audience no longer sees it; its asker still does, and hears of it on a channel of their own.
  if (kind === "questions" && state.mine[removed.id] && !channel.startsWith("asker:")) return state;
  if (kind === "participants" && removed.id === state.me.participant_id) return state;
  // Whoever invited still reads that the answer was no, until they ask again.
  if (kind === "turns" && NOTED_TURNS.has(state.turns[removed.id].state)) return state;
  const { [removed.id]: _gone, ...rest } = state[kind];
  return { ...state, [kind]: rest };
}

/** The state after I voted, or took my vote back. @param {State} state @param {string} id @param {boolean} isOn */
export function withVote(state, id, isOn) {
  const { [id]: _mine, ...others } = state.voted;
  return { ...state, voted: isOn ? { ...others, [id]: /** @type {const} */ (true) } : others };
}

/** The state after a question of mine was taken in by the server. @param {State} state @param {Question} question */
export function withMine(state, question) {
  return absorb({ ...state, mine: { ...state.mine, [question.id]: /** @type {const} */ (true) } }, { question });
}

/** What must be equal when the same room is followed live or read afresh. @param {State} state */
export function comparable(state) {
  const turns = Object.values(state.turns).filter(({ state: at }) => !ENDED_TURNS.has(at) && at !== "failed");
  const people = Object.values(state.participants).filter((person) => person.is_present || person.role !== "listener");
  const { session, settings, questions, hands, mine, voted, chats: known } = state;
  return { session, chats: known, settings, questions, hands, mine, voted, turns: byId(turns), participants: byId(people) };
}

/* ── what the screens ask ── */

/** @param {State} state */
export const isHosting = (state) => HOSTING.has(state.me.role);
/** @param {State} state */
export const isBackstage = (state) => BACKSTAGE.has(state.me.role);

/** People gather, ask and vote now. @param {State} state */
export const isGathering = (state) => state.session.state === "lobby" || state.session.state === "live";
/** Neither now nor later in this session. @param {State} state */
export const isOver = (state) => !isGathering(state) && state.session.state !== "scheduled";

/** @param {string | number | null} a @param {string | number | null} b */
function compareKeys(a, b) {
  if (a === b) return 0;
  if (a === null) return 1;
  if (b === null) return -1;
  return a < b ? -1 : 1;
}

/** @typedef {(a: Question, b: Question) => number} Order */

/** @type {Order} */
const oldestFirst = (a, b) => compareKeys(a.asked_at, b.asked_at) || a.number - b.number;
/** @type {Order} */
const mostVotes = (a, b) => (b.votes ?? 0) - (a.votes ?? 0) || oldestFirst(a, b);
/** @type {Order} */
const byRank = (a, b) => compareKeys(a.rank, b.rank) || oldestFirst(a, b);

/** A steady number from a text (FNV-1a): each viewer's own shuffle. @param {string} text */
export function hash(text) {
  let value = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193) >>> 0;
  // The last characters of two ids differ most, and must reach every bit.
  value = Math.imul(value ^ (value >>> 15), 0x2c1b3c6d) >>> 0;
  return (value ^ (value >>> 13)) >>> 0;
}

/** @param {string} sort @param {string} seed @returns {Order} */
function orderOf(sort, seed) {
  if (sort === "new") return (a, b) => oldestFirst(b, a);
  if (sort === "old") return oldestFirst;
  if (sort === "random") return (a, b) => hash(seed + a.id) - hash(seed + b.id) || oldestFirst(a, b);
  if (sort === "host") return (a, b) => Number(b.state === "queued") - Number(a.state === "queued") || byRank(a, b);
  return mostVotes;
}

/** @param {State} state @param {...string} states @returns {Question[]} */
export function questionsIn(state, ...states) {
  return Object.values(state.questions).filter((question) => states.includes(question.state));
}

/**
 * The audience's list: what waits to be answered, my own first, in the order I chose.
 * @param {State} state @param {string} sort @param {string} [seed] @returns {Question[]}
 */
export function waitingQuestions(state, sort, seed = state.me.account_id) {
  const order = orderOf(sort, seed);
  const shown = questionsIn(state, "open", "queued", "pending").filter(
    (question) => question.state !== "pending" || state.mine[question.id],
  );
  const isMine = (/** @type {Question} */ question) => Number(Boolean(state.mine[question.id]));
  return shown.sort((a, b) => isMine(b) - isMine(a) || order(a, b));
}

/** What was answered or put off, the latest first. @param {State} state */
export function closedQuestions(state) {
  const when = (/** @type {Question} */ question) => question.answered_at ?? question.asked_at;
  const closed = questionsIn(state, "answered_live", "answered_text", "later");
  return closed.sort((a, b) => compareKeys(when(b), when(a)) || b.number - a.number);
}

/** The hosts' run order. @param {State} state */
export const queue = (state) => questionsIn(state, "queued").sort(byRank);
/** What waits for a host's eye. @param {State} state */
export const reviewQueue = (state) => questionsIn(state, "pending").sort(oldestFirst);
/** The hosts' list of open questions. @param {State} state @param {string} sort */
export const openQuestions = (state, sort) => questionsIn(state, "open").sort(orderOf(sort, state.me.account_id));
/** What hosts put out of sight. @param {State} state */
export const putAside = (state) =>
  questionsIn(state, "later", "hidden", "declined").sort((a, b) => oldestFirst(b, a));
/** The question being answered now. @param {State} state @returns {Question | undefined} */
export const onStage = (state) => questionsIn(state, "on_stage")[0];
/** My own, the latest first. @param {State} state */
export const myQuestions = (state) =>
  Object.keys(state.mine).map((id) => state.questions[id]).filter(Boolean).sort((a, b) => oldestFirst(b, a));

/** How many come before this one in the run order; null when it is not in it. @param {State} state @param {string} id */
export function queuePosition(state, id) {
  const place = queue(state).findIndex((question) => question.id === id);
  return place < 0 ? null : place;
}

/** Raised hands in their order. @param {State} state @returns {Hand[]} */
export function handsInOrder(state) {
  const hands = Object.values(state.hands);
  return hands.sort((a, b) => compareKeys(a.order_key, b.order_key) || compareKeys(a.raised_at, b.raised_at));
}

/** My raised hand and its place. @param {State} state @returns {{hand: Hand, place: number, of: number} | null} */
export function myHand(state) {
  const hands = handsInOrder(state);
  const at = hands.findIndex((hand) => hand.participant_id === state.me.participant_id);
  return at < 0 ? null : { hand: hands[at], place: at + 1, of: hands.length };
}

/** @param {StageTurn} a @param {StageTurn} b */
const latestTurn = (a, b) => compareKeys(b.invited_at ?? b.on_stage_at ?? "", a.invited_at ?? a.on_stage_at ?? "");

/** The latest turn on a question, ended or not. @param {State} state @param {string} questionId */
export const turnOfQuestion = (state, questionId) =>
  Object.values(state.turns).filter((turn) => turn.question_id === questionId).sort(latestTurn)[0];
/** The latest turn of a person. @param {State} state @param {string} participantId */
export const turnOfPerson = (state, participantId) =>
  Object.values(state.turns).filter((turn) => turn.participant_id === participantId).sort(latestTurn)[0];
/** @param {StageTurn | undefined} turn */
export const isTurnOpen = (turn) => Boolean(turn) && ["invited", "accepted", "on_stage"].includes(turn?.state ?? "");
/** My own turn that is still open. @param {State} state */
export const myTurn = (state) => {
  const turn = turnOfPerson(state, state.me.participant_id);
  return isTurnOpen(turn) ? turn : undefined;
};
/** People on stage without a question. @param {State} state */
export const turnsWithoutQuestion = (state) =>
  Object.values(state.turns).filter((turn) => !turn.question_id && (isTurnOpen(turn) || turn.state === "failed"));

/** The people who are here, in the groups that the list draws. @param {State} state */
export function people(state) {
  const here = Object.values(state.participants).filter((person) => person.is_present && !person.is_quiet);
  const sorted = here.sort((a, b) => a.name.localeCompare(b.name));
  const isSpeaking = (/** @type {Participant} */ person) => person.role === "speaker" || person.can_speak;
  const hosts = sorted.filter((person) => BACKSTAGE.has(person.role));
  const speakers = sorted.filter((person) => !BACKSTAGE.has(person.role) && isSpeaking(person));
  const listeners = sorted.filter((person) => !BACKSTAGE.has(person.role) && !isSpeaking(person));
  return { hosts, speakers, listeners };
}
