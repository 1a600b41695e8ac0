/** What the panel knows of conversations: lists, messages, what is on its way; plain data and pure functions, no DOM. */

/** @import { Conversation, Frame, Message, Reaction } from "./objects.d.ts" */

/**
 * One conversation's messages as far as they are here: without a hole, the oldest first.
 * @typedef {{
 *   messages: Message[], firstSeq: number, isBehind: boolean, stale: string[],
 *   channel: { name: string, seq: number },
 * }} Log
 * @typedef {"sending" | "waiting" | "failed"} Sending
 * @typedef {{
 *   client_id: string, conversation_id: string, text: string, cards: {type: string, id: string}[],
 *   quote: Message["quote"], created_at: string, status: Sending, sentence: string,
 * }} Pending
 * @typedef {{ name: string, until: number }} Typist
 * @typedef {{
 *   conversations: Record<string, Conversation>, logs: Record<string, Log>, pending: Pending[],
 *   typing: Record<string, Record<string, Typist>>,
 * }} Correspondence
 */

/** How long "is writing" holds without being told again. */
export const TYPING_MS = 6000;

/** @type {Correspondence} */
export const NOTHING = { conversations: {}, logs: {}, pending: [], typing: {} };

/**
 * What a fresh bootstrap says; what I have written and not sent is kept, and messages until they are read anew.
 * @param {any} bootstrap @param {Correspondence} [before] @returns {Correspondence}
 */
export function initial(bootstrap, before = NOTHING) {
  const found = bootstrap.messaging?.conversations ?? [];
  const conversations = Object.fromEntries(found.map((/** @type {Conversation} */ one) => [one.id, one]));
  const pending = before.pending.filter(({ conversation_id }) => conversation_id in conversations);
  const logs = Object.fromEntries(Object.entries(before.logs).filter(([id]) => id in conversations));
  return { ...NOTHING, conversations, logs, pending };
}

/**
 * The state after one frame; a frame that comes twice changes nothing.
 * @param {Correspondence} held @param {Frame} frame @param {string} [myId] @param {number} [now] @returns {Correspondence}
 */
export function apply(held, { data, channel = "" }, myId = "", now = Date.now()) {
  if (!data) return held;
  let next = held;
  if (data.conversation) next = withConversation(next, data.conversation);
  if (data.message) next = withMessage(next, data.message, myId);
  if (data.quote) next = withQuote(next, data.quote);
  if (data.reaction) next = withReaction(next, data.reaction, myId, channel);
  if (data.stale?.kind === "message") next = withStale(next, data.stale.id);
  if (data.typing) next = withTypist(next, data.typing, myId, now);
  if (data.removed?.kind === "conversation") next = without(next, data.removed.id);
  return next;
}

/** @param {Correspondence} held @param {Conversation} told @returns {Correspondence} */
function withConversation(held, told) {
  const known = held.conversations[told.id];
  // A name or a step alone, of a conversation that we were never shown, is not enough to show it.
  if (!known && !told.kind) return held;
  const isOlder = (told.version ?? Infinity) < (known?.version ?? -Infinity) || (told.last_seq ?? Infinity) < (known?.last_seq ?? 0);
  if (isOlder) return held;
  return { ...held, conversations: { ...held.conversations, [told.id]: { ...known, ...told } } };
}

/** @param {Correspondence} held @param {Message} message @param {string} myId @returns {Correspondence} */
function withMessage(held, message, myId) {
  const next = message.author?.account_id === myId ? settled(held, message) : hasStopped(held, message);
  const log = next.logs[message.conversation_id];
  if (!log) return next;
  return withLog(next, message.conversation_id, { ...log, ...placed(log, message) });
}

/** Whoever has sent is not writing any more. @param {Correspondence} held @param {Message} message @returns {Correspondence} */
function hasStopped(held, { conversation_id: id, author }) {
  const here = held.typing[id];
  if (!author || !here?.[author.account_id]) return held;
  const { [author.account_id]: _done, ...others } = here;
  return { ...held, typing: { ...held.typing, [id]: others } };
}

/** @param {Log} log @param {Message} message @returns {Partial<Log>} */
function placed(log, message) {
  const { messages } = log;
  const at = messages.findIndex(({ id }) => id === message.id);
  if (at >= 0) {
    const known = messages[at];
    if (message.version < known.version) return {};
    const merged = { ...known, ...message, reactions: message.is_deleted ? [] : known.reactions };
    return { messages: messages.with(at, merged) };
  }
  const last = messages.at(-1)?.seq ?? log.firstSeq - 1;
  if (message.seq === last + 1) return { messages: [...messages, { ...message, reactions: message.reactions ?? [] }] };
  return message.seq > last ? { isBehind: true } : {};
}

/** @param {Correspondence} held @param {string} id @param {Log} log @returns {Correspondence} */
const withLog = (held, id, log) => ({ ...held, logs: { ...held.logs, [id]: log } });

/** @param {Correspondence} held @param {(message: Message) => Message} change @returns {Correspondence} */
function withEach(held, change) {
  let { logs } = held;
  for (const [id, log] of Object.entries(held.logs)) {
    const messages = log.messages.map(change);
    if (messages.some((message, at) => message !== log.messages[at])) logs = { ...logs, [id]: { ...log, messages } };
  }
  return logs === held.logs ? held : { ...held, logs };
}

/** @param {Correspondence} held @param {NonNullable<Message["quote"]>} quote */
const withQuote = (held, quote) =>
  withEach(held, (message) => (message.quote?.id === quote.id ? { ...message, quote } : message));

/** @param {Correspondence} held @param {any} told @param {string} myId @param {string} channel @returns {Correspondence} */
function withReaction(held, told, myId, channel) {
  if (!channel) return held;
  return withEach(held, (message) => {
    if (message.id !== told.message_id) return message;
    const { emoji, count, people, account_id, is_on } = told;
    const known = message.reactions.find((one) => one.emoji === emoji);
    const mine = account_id === myId ? is_on : Boolean(known?.mine);
    const one = { emoji, count, people, mine };
    const others = message.reactions.filter((other) => other.emoji !== emoji);
    if (!count) return { ...message, reactions: others };
    const reactions = known ? message.reactions.map((other) => (other === known ? one : other)) : [...others, one];
    return { ...message, reactions };
  });
}

/** @param {Correspondence} held @param {string} messageId @returns {Correspondence} */
function withStale(held, messageId) {
  const found = Object.entries(held.logs).find(([, log]) => log.messages.some(({ id }) => id === messageId));
  if (!found) return held;
  const [id, log] = found;
  return withLog(held, id, { ...log, stale: [...log.stale, messageId] });
}

/** @param {Correspondence} held @param {any} told @param {string} myId @param {number} now @returns {Correspondence} */
function withTypist(held, { conversation_id, account_id, name }, myId, now) {
  if (account_id === myId || !held.conversations[conversation_id]) return held;
  const here = { ...held.typing[conversation_id], [account_id]: { name, until: now + TYPING_MS } };
  return { ...held, typing: { ...held.typing, [conversation_id]: here } };
}

/** @param {Correspondence} held @param {string} id @returns {Correspondence} */
function without(held, id) {
  const { [id]: _gone, ...conversations } = held.conversations;
  const { [id]: _log, ...logs } = held.logs;
  const { [id]: _typing, ...typing } = held.typing;
  return { conversations, logs, typing, pending: held.pending.filter((one) => one.conversation_id !== id) };
}

/**
 * The state after a window of messages was read: the latest, or those before what is here.
 * @param {Correspondence} held @param {string} id @param {any} window @param {boolean} [isFresh] forget what was here
 * @returns {Correspondence}
 */
export function withWindow(held, id, window, isFresh = false) {
  const log = held.logs[id];
  /** @type {Message[]} */
  const items = window.items;
  const first = log?.messages[0]?.seq;
  const joins = log && !isFresh && !window.gap && items.length && first !== undefined && touches(log.messages, items);
  const isNothingNew = log && !isFresh && !window.gap && !items.length;
  const messages = isNothingNew ? log.messages : joins ? merged(log.messages, items) : items;
  const next = { messages, firstSeq: window.first_seq, isBehind: false, stale: [], channel: window.channel };
  return settledAll(withLog(held, id, next), items);
}

/** @param {Message[]} known @param {Message[]} items */
const touches = (known, items) =>
  items[0].seq <= /** @type {Message} */ (known.at(-1)).seq + 1 && /** @type {Message} */ (items.at(-1)).seq >= known[0].seq - 1;

/** @param {Message[]} known @param {Message[]} items */
function merged(known, items) {
  const bySeq = new Map(known.map((message) => [message.seq, message]));
  for (const item of items) bySeq.set(item.seq, item);
  return [...bySeq.values()].sort((a, b) => a.seq - b.seq);
}

/** @param {Correspondence} held @param {Message[]} items @returns {Correspondence} */
function settledAll(held, items) {
  const known = new Set(items.map(({ client_id }) => client_id));
  const pending = held.pending.filter(({ client_id }) => !known.has(client_id));
  return pending.length === held.pending.length ? held : { ...held, pending };
}

/* ── what I send ── */

/** @param {Correspondence} held @param {Pending} one @returns {Correspondence} */
export const withPending = (held, one) => ({ ...held, pending: [...held.pending, one] });

/** @param {Correspondence} held @param {string} clientId @param {Sending} status @param {string} [sentence] @returns {Correspondence} */
export const withStatus = (held, clientId, status, sentence = "") => ({
  ...held,
  pending: held.pending.map((one) => (one.client_id === clientId ? { ...one, status, sentence } : one)),
});

/** What I wrote stands now. @param {Correspondence} held @param {Message} message @returns {Correspondence} */
const settled = (held, message) => settledAll(held, [message]);

/** The answer to a message of mine, sent or changed. @param {Correspondence} held @param {Message} message @returns {Correspondence} */
export function withAnswer(held, message) {
  const next = settled(held, message);
  const log = next.logs[message.conversation_id];
  if (!log) return next;
  const at = log.messages.findIndex(({ id }) => id === message.id);
  // An answer shows me what is mine; a push that came before it does not.
  if (at >= 0 && message.version >= log.messages[at].version) {
    return withLog(next, message.conversation_id, { ...log, messages: log.messages.with(at, message) });
  }
  return withLog(next, message.conversation_id, { ...log, ...placed(log, message) });
}

/** @param {Correspondence} held @param {string} clientId @returns {Correspondence} */
export const discarded = (held, clientId) => ({
  ...held,
  pending: held.pending.filter(({ client_id }) => client_id !== clientId),
});

/** @param {Correspondence} held @param {Conversation} conversation @returns {Correspondence} */
export const withFull = (held, conversation) => withConversation(held, conversation);

/* ── what the screens ask ── */

/** The hosts' conversation of this session, if it is mine to see. @param {Correspondence} held @param {string} sessionId @returns {Conversation | undefined} */
export const backchannel = (held, sessionId) =>
  Object.values(held.conversations).find(({ kind, session_id }) => kind === "backchannel" && session_id === sessionId);

/** @param {Correspondence} held @param {string} id */
export const hasEarlier = (held, id) => {
  const log = held.logs[id];
  return Boolean(log?.messages.length) && log.messages[0].seq > log.firstSeq;
};

/** What of mine is on its way there. @param {Correspondence} held @param {string} id */
export const pendingIn = (held, id) => held.pending.filter(({ conversation_id }) => conversation_id === id);

/** Who is writing there now. @param {Correspondence} held @param {string} id @param {number} [now] @returns {string[]} */
export const typists = (held, id, now = Date.now()) =>
  Object.values(held.typing[id] ?? {}).filter(({ until }) => until > now).map(({ name }) => name);

/** Whether two neighbours are drawn as one: the same person, within five minutes, on the same day. @param {Message | undefined} before @param {Message} message */
export function continues(before, message) {
  if (!before || before.is_deleted || message.quote) return false;
  const isSame = before.author?.account_id === message.author?.account_id;
  return isSame && Date.parse(message.created_at) - Date.parse(before.created_at) < 5 * 60_000 && !startsDay(before, message);
}

/** @param {Message | undefined} before @param {Message} message */
export const startsDay = (before, message) =>
  !before || new Date(before.created_at).toDateString() !== new Date(message.created_at).toDateString();

/* ── on air ── */

/**
 * The messages that wait until I am off air: what others wrote since, and I have not asked to see.
 * @param {Message[]} messages @param {number | null} sinceSeq null when I am not on air @param {string} myId
 */
export const heldBack = (messages, sinceSeq, myId) =>
  sinceSeq === null ? [] : messages.filter(({ seq, author }) => seq > sinceSeq && author?.account_id !== myId);
