/** What people do from the panel, verb by verb; each is one request, and its trouble stays on its card. */

import * as conversations from "./conversations.js";
import { t, named } from "./messages.js";
import * as store from "./store.js";
import { inUnits, millis, now } from "./time.js";

/** @import { Hand, Participant, Question, StageTurn } from "./objects.d.ts" */
/** @import { Panel } from "./panel.js" */
/** @import { Problem } from "./api.js" */

const ENDLESS_MS = 3600_000;

/* ── hosts: the way of a question ── */

/** @type {Record<string, string>} */
const UNDO_OF = { open: "open", queued: "queued", on_stage: "on_stage", later: "later", declined: "declined", hidden: "hidden" };

/** @param {Panel} panel @param {Question} question @param {string} to @param {boolean} [closeCurrent] @returns {Promise<any>} */
export function move(panel, question, to, closeCurrent = false) {
  const body = closeCurrent ? { to, close_current: true } : { to };
  const verb = question.state === "pending" && to === "open" ? "approve" : UNDO_OF[to];
  return onQuestion(panel, question, verb, `/questions/${question.id}/moves`, body, (isTaken) =>
    move(panel, latest(panel, question), to, isTaken),
  );
}

/** Invite the asker on stage. @param {Panel} panel @param {Question} question @param {boolean} [closeCurrent] @returns {Promise<any>} */
export function bringUp(panel, question, closeCurrent = false) {
  const body = closeCurrent ? { close_current: true } : {};
  return onQuestion(panel, question, null, `/questions/${question.id}/bring-up`, body, (isTaken) =>
    bringUp(panel, latest(panel, question), isTaken),
  );
}

/** @param {Panel} panel @param {Question} question @param {boolean} keepOnStage @returns {Promise<any>} */
export function answered(panel, question, keepOnStage) {
  const body = keepOnStage ? { keep_on_stage: true } : {};
  return onQuestion(panel, question, "answered_live", `/questions/${question.id}/answered`, body, () =>
    answered(panel, latest(panel, question), keepOnStage),
  );
}

/** @param {Panel} panel @param {Question} question */
const latest = (panel, question) => panel.state?.questions[question.id] ?? question;

/**
 * One versioned act on a question. A stale version or a taken stage is explained, with one button that goes on.
 * @param {Panel} panel @param {Question} question @param {string | null} verb @param {string} path @param {any} body
 * @param {(isTaken: boolean) => unknown} redo
 */
async function onQuestion(panel, question, verb, path, body, redo) {
  const { version } = question;
  const answer = await panel.act(
    question.id,
    () => panel.api.write("POST", path, body, { version }),
    (problem) => explain(problem, question, path, redo),
  );
  if (answer !== undefined && verb) offerUndo(panel, question, verb);
  return answer;
}

/** @param {Problem} problem @param {Question} question @param {string} path @param {(isTaken: boolean) => unknown} redo */
function explain(problem, question, path, redo) {
  const run = () => void redo(problem.code === "stage_taken");
  if (problem.code === "stage_taken") return taken(problem, path, run);
  if (problem.code === "stale_question") return { sentence: staleSentence(problem), redo: { label: t("desk.redo"), run } };
  const again = { label: t("panel.try_again"), run };
  return { sentence: problem.message, redo: problem.isOffline ? again : undefined };
}

/** @param {Problem} problem @param {string} path @param {() => void} run */
function taken(problem, path, run) {
  const number = String(problem.body.question?.number ?? "");
  const key = path.endsWith("/bring-up") ? "desk.close_and_bring" : "desk.close_and_read";
  return { sentence: t("desk.taken", { number }), redo: { label: t(key, { number }), run } };
}

/** @param {Problem} problem */
function staleSentence({ body }) {
  const change = named(`question.state_${body.question?.state}`, {}, String(body.change ?? ""));
  if (!body.changed_by) return t("desk.stale_plain", { change });
  const seconds = Math.max(1, Math.round((now() - millis(body.changed_at)) / 1000)) || 1;
  const age = seconds < 60 ? inUnits(seconds, "second") : inUnits(Math.round(seconds / 60), "minute");
  return t("desk.stale", { name: body.changed_by, age, change });
}

/** @param {Panel} panel @param {Question} question @param {string} verb */
function offerUndo(panel, question, verb) {
  const after = latest(panel, question);
  const seconds = panel.state?.me.undo_seconds ?? null;
  const until = after.undo_until ?? (seconds === null ? null : new Date(now() + seconds * 1000).toISOString());
  const sentence = named(`undo.${verb}`, { number: String(question.number) });
  // Who asked for no limit gets a day from the server: no clock needs to run for that.
  const isEndless = until !== null && millis(until) - now() > ENDLESS_MS;
  panel.undoable = sentence ? { questionId: question.id, sentence, until: isEndless ? null : until } : null;
  panel.changed();
}

/** @param {Panel} panel */
export async function undo(panel) {
  const undoable = panel.undoable;
  if (!undoable) return;
  panel.undoable = null;
  await panel.act(undoable.questionId, () => panel.api.write("POST", `/questions/${undoable.questionId}/undo`));
}

/** @param {Panel} panel @param {Question} question @param {string | null} afterId */
export const rank = (panel, question, afterId) =>
  panel.act(question.id, () => panel.api.write("POST", `/questions/${question.id}/rank`, { after_id: afterId }));

/** Bring up the first of the queue. @param {Panel} panel */
export async function next(panel) {
  const question = await panel.act("next", () => panel.api.write("POST", "/questions/next"));
  if (question) offerUndo(panel, question, "on_stage");
}

/** @param {Panel} panel @param {string[]} ids */
export const markSeen = (panel, ids) =>
  panel.api.write("POST", "/questions/seen", { ids }).then((answer) => panel.take(answer), () => {});

/** @param {Panel} panel @param {Question} question */
export async function withdraw(panel, question) {
  const answer = await panel.act(question.id, () => panel.api.write("POST", `/questions/${question.id}/withdraw`));
  if (answer) offerUndo(panel, question, "withdrawn");
}

/* ── among hosts ── */

/** @param {Panel} panel */
const hosts = (panel) => conversations.backchannel(panel.correspondence.held, panel.state?.session.id ?? "");

/** Whether there is somewhere to share with hosts. @param {Panel} panel */
export const canShare = (panel) => Boolean(hosts(panel));

/** Show a card in the hosts' conversation. @param {Panel} panel @param {"question" | "person"} type @param {string} id */
export function share(panel, type, id) {
  const found = hosts(panel);
  if (found) void panel.correspondence.send(found.id, "", { cards: [{ type, id }] });
}

/* ── people and the stage ── */

/** @param {Panel} panel @param {string} participantId @param {Hand} [hand] */
export function invite(panel, participantId, hand) {
  const body = hand ? { participant_id: participantId, hand_id: hand.id } : { participant_id: participantId };
  return panel.act(participantId, () => panel.api.write("POST", "/stage-turns", body));
}

/** @param {Panel} panel @param {StageTurn} turn @param {"accept" | "decline" | "extend" | "withdraw" | "retry" | "end"} verb */
export const turn = (panel, turn, verb) =>
  panel.act(turn.id, () => panel.api.write("POST", `/stage-turns/${turn.id}/${verb}`));

/** @param {Panel} panel @param {{reason: string, questionId: string}} wish */
export function raiseHand(panel, { reason, questionId }) {
  const body = { ...(reason ? { reason } : {}), ...(questionId ? { question_id: questionId } : {}) };
  return panel.act("hand", () => panel.api.write("POST", "/hands", body));
}

/** @param {Panel} panel @param {Hand} hand */
export const lowerMine = (panel, hand) =>
  panel.act("hand", async () => {
    await panel.api.write("DELETE", "/hands/mine");
    return { removed: { kind: "hand", id: hand.id } };
  });

/** @param {Panel} panel @param {Hand} hand */
export const lower = (panel, hand) =>
  panel.act(hand.participant_id, async () => {
    await panel.api.write("DELETE", `/hands/${hand.id}`);
    return { removed: { kind: "hand", id: hand.id } };
  });

/** @param {Panel} panel @param {Hand} hand */
export const later = (panel, hand) =>
  panel.act(hand.participant_id, () => panel.api.write("POST", `/hands/${hand.id}/later`));

/** @param {Panel} panel */
export const lowerAll = (panel) => panel.act("hands", () => panel.api.write("POST", "/hands/lower-all"));

/** @param {Panel} panel @param {Participant} person @param {"to-audience" | "mute" | "remove"} verb */
export const person = (panel, person, verb) =>
  panel.act(person.id, () => panel.api.write("POST", `/participants/${person.id}/${verb}`));

/** @param {Panel} panel @param {Participant} person @param {string} role */
export const setRole = (panel, person, role) =>
  panel.act(person.id, () => panel.api.write("PUT", `/participants/${person.id}/role`, { role }));

/* ── settings ── */

/** @param {Panel} panel @param {Record<string, string | number>} change */
export const changeRoom = (panel, change) =>
  panel.act("settings", () => panel.api.write("PATCH", "/session/settings", change));

/** @param {Panel} panel @param {Record<string, string>} change */
export const changeQuestions = (panel, change) =>
  panel.act("settings", () => panel.api.write("PATCH", "/questions/settings", change));

/** @param {Panel} panel @param {string} to */
export const transition = (panel, to) =>
  panel.act("settings", () => panel.api.write("POST", "/session/transitions", { to }));

/** @param {Panel} panel @param {boolean} isQuiet */
export const setQuiet = (panel, isQuiet) =>
  panel.act("settings", async () => {
    const answer = await panel.api.write("PUT", "/me/quiet", { is_quiet: isQuiet });
    remember(panel, { is_quiet: isQuiet });
    return answer;
  });

/** @param {Panel} panel @param {import("./objects.d.ts").TimeLimits} limits */
export const setTimeLimits = (panel, limits) =>
  panel.act("settings", async () => {
    const answer = await panel.api.write("PUT", "/me/preferences", { time_limits: limits });
    remember(panel, { time_limits: limits, ...(answer && "undo_seconds" in answer ? { undo_seconds: answer.undo_seconds } : {}) });
    return answer;
  });

/** @param {Panel} panel @param {Partial<import("./objects.d.ts").Me>} change */
function remember(panel, change) {
  if (panel.state) panel.state = { ...panel.state, me: { ...panel.state.me, ...change } };
}

/** @param {Panel} panel @returns {Promise<{url: string} | undefined>} */
export const guestLink = (panel) => panel.act("settings", () => panel.api.write("POST", "/guest-links"));

/** @typedef {{ invite: boolean, manage: boolean, remove: boolean, cohost: boolean, producer: boolean }} Powers */

/** What I may do with this person; the server decides, this only spares a refusal. @param {Panel} panel @param {Participant} person @returns {Powers} */
export function powers({ state }, person) {
  if (!state || person.id === state.me.participant_id || person.role === "host") return NO_POWERS;
  const isHost = state.me.role === "host";
  const mayManage = isHost || (store.isHosting(state) && person.role !== "cohost");
  return {
    invite: store.isBackstage(state) && person.role === "listener" && !person.can_speak,
    manage: mayManage,
    remove: mayManage || (state.me.is_platform_moderator && person.role !== "cohost"),
    cohost: isHost && !person.is_guest,
    producer: mayManage && !person.is_guest && person.role !== "cohost",
  };
}

/** @type {Powers} */
const NO_POWERS = { invite: false, manage: false, remove: false, cohost: false, producer: false };

/* ── people ── */

/** @param {Panel} panel @param {string} accountId @param {"follow" | "block"} what @param {boolean} isOn */
const relate = (panel, accountId, what, isOn) =>
  panel.act(accountId, () => panel.api.write(isOn ? "PUT" : "DELETE", `/accounts/${accountId}/${what}`));

/** @param {Panel} panel @param {string} accountId @param {boolean} isOn */
export const follow = (panel, accountId, isOn) => relate(panel, accountId, "follow", isOn);
/** @param {Panel} panel @param {string} accountId @param {boolean} isOn */
export const block = (panel, accountId, isOn) => relate(panel, accountId, "block", isOn);
