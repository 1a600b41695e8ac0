/** What the panel knows of chats beyond messages: whom I follow and have blocked, groups that ask me in, and the list. No DOM. */

/** @import { Bootstrap, Chats, Conversation, GroupRequest, Participant, State } from "./objects.d.ts" */
/** @import { Correspondence } from "./conversations.js" */

const KINDS = new Set(["direct", "group", "follow_up"]);

/** @param {string[]} ids @returns {Record<string, true>} */
const idSet = (ids) => Object.fromEntries(ids.map((id) => [id, /** @type {const} */ (true)]));

/** @param {Bootstrap} bootstrap @returns {Chats} */
export function initial({ relations, chats }) {
  const requests = chats?.group_requests ?? [];
  return {
    isOffered: Boolean(chats),
    followed: idSet(relations?.followed ?? []),
    blocked: idSet(relations?.blocked ?? []),
    requests: Object.fromEntries(requests.map((one) => [one.id, one])),
    groupMax: chats?.limits.group_max ?? 15,
  };
}

/** The state after one push or answer body. @param {Chats} held @param {any} data @returns {Chats} */
export function absorb(held, data) {
  let next = held;
  if (data.relation) next = withRelation(next, data.relation);
  if (data.group_request) next = { ...next, requests: { ...next.requests, [data.group_request.id]: data.group_request } };
  if (data.removed?.kind === "group_request") {
    const { [data.removed.id]: _gone, ...requests } = next.requests;
    next = { ...next, requests };
  }
  return next;
}

/** @param {Chats} held @param {{account_id: string, is_followed: boolean, is_blocked: boolean}} told @returns {Chats} */
function withRelation(held, { account_id, is_followed, is_blocked }) {
  return { ...held, followed: withId(held.followed, account_id, is_followed), blocked: withId(held.blocked, account_id, is_blocked) };
}

/** @param {Record<string, true>} ids @param {string} id @param {boolean} isIn @returns {Record<string, true>} */
function withId(ids, id, isIn) {
  const { [id]: _known, ...others } = ids;
  return isIn ? { ...others, [id]: /** @type {const} */ (true) } : others;
}

/* ── what the screens ask ── */

/** My chats, the latest active first; what is put away is not shown. @param {Correspondence} held @returns {Conversation[]} */
export function list({ conversations }) {
  const shown = Object.values(conversations).filter(({ kind, is_archived, state }) => KINDS.has(kind) && !is_archived && state !== "closed");
  return shown.sort((a, b) => (a.active_at < b.active_at ? 1 : a.active_at > b.active_at ? -1 : a.id < b.id ? 1 : -1));
}

/** How many chats have something unread; the number on the tab counts chats, not messages. @param {Correspondence} held */
export const unread = (held) => list(held).filter(({ unread_count, is_muted, state }) => unread_count > 0 && !is_muted && state !== "pending").length;

/** Who else is in it. @param {Conversation} conversation @param {string} myId */
export const others = ({ members }, myId) => members.filter(({ account_id }) => account_id !== myId);

/** The chat with one person, if there is one. @param {Correspondence} held @param {string} accountId */
export const withPerson = (held, accountId) =>
  list(held).find(({ kind, members }) => kind === "direct" && members.some(({ account_id }) => account_id === accountId));

/**
 * What a line of the list says under the name: my draft, else the last message.
 * @param {Conversation} conversation @param {string} myId
 * @returns {{ kind: "draft" | "mine" | "theirs" | "deleted" | "none", text: string, name: string }}
 */
export function preview({ kind, draft, last_message }, myId) {
  if (draft?.text) return { kind: "draft", text: draft.text, name: "" };
  if (!last_message) return { kind: "none", text: "", name: "" };
  const { author, head, is_deleted } = last_message;
  if (is_deleted) return { kind: "deleted", text: "", name: "" };
  const isMine = author?.account_id === myId;
  return { kind: isMine ? "mine" : "theirs", text: head, name: kind === "direct" ? "" : (author?.name ?? "") };
}

/** Those here whom I follow, myself never. @param {State} state @returns {Participant[]} */
export const followedHere = ({ participants, chats, me }) =>
  Object.values(participants).filter(
    ({ account_id, is_present, is_quiet, is_guest }) =>
      is_present && !is_quiet && !is_guest && account_id !== me.account_id && chats.followed[account_id],
  );

/** The groups that ask me in, the latest first. @param {State} state @returns {GroupRequest[]} */
export const requests = ({ chats }) => Object.values(chats.requests).sort((a, b) => (a.invited_at < b.invited_at ? 1 : -1));
