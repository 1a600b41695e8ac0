// The socket's language in the browser: builds client frames and reads server frames. No DOM, no state.
// docs/protocol.md is the same in words; a test compares the two.

/** @typedef {{ name: string, seq?: number | null }} Wanted */
/** @typedef {{ type: "welcome", version: number, heartbeat_seconds: number }} Welcome */
/** @typedef {{ type: "subscribed" | "caught_up" | "gap", channel: string, seq: number }} Position */
/** @typedef {{ type: "push", channel: string, seq?: number, name: string, data: Record<string, any> }} Push */
/** @typedef {{ type: "heartbeat", channels: Record<string, number> }} Heartbeat */
/** @typedef {{ type: "error", code: string, channel?: string, message: string }} ErrorFrame */
/** @typedef {{ type: "bye", code: number, reason: string, reconnect_within_seconds: number }} Bye */
/** @typedef {Welcome | Position | Push | Heartbeat | ErrorFrame | Bye} ServerFrame */

export const SUBPROTOCOL = "sidestage.v1";
export const VERSION = 1;

/** @type {Record<string, string[]>} */
export const CLIENT_FRAMES = {
  hello: ["version"],
  subscribe: ["channels"],
  unsubscribe: ["channel"],
  typing: ["channel"],
  ping: [],
};

/** @type {Record<string, string[]>} */
export const SERVER_FRAMES = {
  welcome: ["version", "heartbeat_seconds"],
  subscribed: ["channel", "seq"],
  caught_up: ["channel", "seq"],
  push: ["channel", "seq?", "name", "data"],
  gap: ["channel", "seq"],
  heartbeat: ["channels"],
  error: ["code", "channel?", "message"],
  bye: ["code", "reason", "reconnect_within_seconds"],
};

export const ERROR_CODES = ["forbidden", "revoked", "too_many_channels", "unavailable"];

/** Close codes by name; `again` says whether connecting again makes sense. */
export const CLOSE_CODES = {
  normal: { code: 1000, again: false },
  protocol_error: { code: 1002, again: false },
  unsupported_data: { code: 1003, again: false },
  not_utf8: { code: 1007, again: false },
  too_big: { code: 1009, again: false },
  restart: { code: 1012, again: true },
  bad_frame: { code: 4000, again: false },
  signed_out: { code: 4001, again: false },
  slow_consumer: { code: 4008, again: true },
  too_many_sockets: { code: 4009, again: false },
  silent: { code: 4010, again: true },
  too_fast: { code: 4029, again: true },
};

/** What to offer in `new WebSocket(url, subprotocols(ticket))`. @param {string} ticket */
export const subprotocols = (ticket) => [SUBPROTOCOL, `ticket.${ticket}`];

export const hello = () => JSON.stringify({ type: "hello", version: VERSION });

/** @param {Wanted[]} channels */
export const subscribe = (channels) =>
  JSON.stringify({ type: "subscribe", channels: channels.map(({ name, seq }) => ({ name, seq: seq ?? null })) });

/** @param {string} channel */
export const unsubscribe = (channel) => JSON.stringify({ type: "unsubscribe", channel });

/** @param {string} channel */
export const typing = (channel) => JSON.stringify({ type: "typing", channel });

export const ping = () => JSON.stringify({ type: "ping" });

/**
 * Read a server frame; null when it is not one we know, which a client ignores.
 * @param {unknown} text
 * @returns {ServerFrame | null}
 */
export function parse(text) {
  /** @type {any} */
  let frame;
  try {
    frame = JSON.parse(String(text));
  } catch {
    return null;
  }
  if (frame === null || typeof frame !== "object" || !Object.hasOwn(SERVER_FRAMES, frame.type)) return null;
  const members = SERVER_FRAMES[frame.type];
  return members.every((member) => member.endsWith("?") || Object.hasOwn(frame, member)) ? frame : null;
}

/**
 * What to do with a push, given the highest `seq` applied so far on its channel (undefined before `subscribed`).
 * @param {Push} push
 * @param {number | undefined} held
 * @returns {"apply" | "ignore" | "resume"}
 */
export function verdict(push, held) {
  if (push.seq === undefined || held === undefined || push.seq === held + 1) return "apply";
  return push.seq <= held ? "ignore" : "resume";
}

/**
 * The channels on which a heartbeat (or `subscribed`) names more than we hold.
 * @param {Record<string, number>} latest
 * @param {Map<string, number>} held
 * @returns {string[]}
 */
export const behind = (latest, held) =>
  Object.keys(latest).filter((name) => held.has(name) && latest[name] > /** @type {number} */ (held.get(name)));

/** Whether to connect again after this close code; a code we do not know is a lost network. @param {number} code */
export const connectsAgain = (code) =>
  Object.values(CLOSE_CODES).find((known) => known.code === code)?.again ?? true;

/**
 * How long to wait before connecting again: a random moment in a window that grows with each failure.
 * @param {number} attempt 0 for the first
 * @param {number} withinSeconds the window a `bye` named, else 0
 * @param {() => number} random
 * @returns {number} milliseconds
 */
export function reconnectDelay(attempt, withinSeconds = 0, random = Math.random) {
  const window = Math.min(30, 0.5 * 2 ** Math.min(attempt, 10));
  return Math.round(random() * Math.max(window, withinSeconds) * 1000);
}
