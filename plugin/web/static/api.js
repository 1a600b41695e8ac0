/** Every HTTP request of the panel: tokens in memory, refresh, retry, problems turned into sentences; no DOM. */

import { setServerClock } from "./time.js";

const WAITS = [400, 1200, 3000];
const GATEWAY = new Set([502, 503, 504]);

/** What went wrong: `status` 0 means that the server was not reached. */
export class Problem extends Error {
  /** @param {number} status @param {string} code @param {string} sentence @param {any} [body] */
  constructor(status, code, sentence, body = {}) {
    super(sentence);
    this.name = "Problem";
    this.status = status;
    this.code = code;
    this.body = body;
  }

  /** The server was not reached, so the same act may be tried again later. */
  get isOffline() {
    return this.status === 0 || GATEWAY.has(this.status);
  }

  get retryAfterSeconds() {
    return Number(this.body.retry_after_seconds ?? 0);
  }
}

/** A key for one act, so that a repeat of it is not a second act. (`randomUUID` is missing on plain http.) */
export function newKey() {
  const bytes = globalThis.crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * @typedef {{access_token: string, refresh_token: string, expires_in_seconds: number}} Tokens
 * @typedef {{
 *   base: string,
 *   sentences: {offline: string, unexpected: string},
 *   askHost?: () => Promise<Tokens | null>,
 *   fetch?: typeof globalThis.fetch,
 *   wait?: (milliseconds: number) => Promise<void>,
 *   random?: () => number,
 * }} Options
 * @typedef {{key?: string, version?: number | null, query?: Record<string, string>, patient?: boolean}} Extras
 */

/** @param {number} milliseconds @returns {Promise<void>} */
const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** One person's connection to the HTTP API. @param {Options} options */
export function createApi({ base, sentences, askHost, fetch = globalThis.fetch, wait = pause, random = Math.random }) {
  /** @type {Tokens | null} */
  let tokens = null;
  let freshUntil = 0;
  /** @type {Promise<boolean> | null} */
  let refreshing = null;

  /** @param {Tokens | null} given */
  function keep(given) {
    tokens = given;
    // A minute early: a request that starts now must still be welcome when it arrives.
    freshUntil = given ? Date.now() + Math.max(5, given.expires_in_seconds - 60) * 1000 : 0;
  }

  /** @param {string} method @param {string} path @param {any} body @param {Extras} extras */
  async function send(method, path, body, extras) {
    /** @type {Record<string, string>} */
    const headers = { Accept: "application/json" };
    if (tokens) headers.Authorization = `Bearer ${tokens.access_token}`;
    if (body !== undefined) headers["Content-Type"] = "application/json";
    if (extras.key) headers["Idempotency-Key"] = extras.key;
    if (extras.version != null) headers["If-Match"] = `"${extras.version}"`;
    const query = extras.query ? `?${new URLSearchParams(extras.query)}` : "";
    const init = { method, headers, body: body === undefined ? undefined : JSON.stringify(body) };
    const response = await fetch(`${base}/api/v1${path}${query}`, { ...init, credentials: "omit", cache: "no-store" });
    setServerClock(response.headers.get("Date"));
    return response;
  }

  /** One try; throws a Problem. @param {string} method @param {string} path @param {any} body @param {Extras} extras */
  async function once(method, path, body, extras) {
    /** @type {Response} */
    let response;
    try {
      response = await send(method, path, body, extras);
    } catch {
      throw new Problem(0, "offline", sentences.offline);
    }
    if (response.ok) return response.status === 204 ? null : response.json();
    const told = await response.json().catch(() => ({}));
    const sentence = typeof told.detail === "string" ? told.detail : sentences.unexpected;
    throw new Problem(response.status, told.code ?? "error", sentence, told);
  }

  /** @param {string} method @param {string} path @param {any} [body] @param {Extras} [extras] @returns {Promise<any>} */
  async function request(method, path, body, extras = {}) {
    if (tokens && Date.now() > freshUntil) await refresh();
    const mayRepeat = method === "GET" || Boolean(extras.key);
    const waits = extras.patient === false ? [] : WAITS;
    for (let attempt = 0, renewed = false; ; ) {
      try {
        return await once(method, path, body, extras);
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        if (error.status === 401 && tokens && !renewed) {
          renewed = true;
          if (await refresh()) continue;
        }
        if (!error.isOffline || !mayRepeat || attempt >= waits.length) throw error;
        await wait(waits[attempt] * (0.5 + random() / 2));
        attempt += 1;
      }
    }
  }

  /** Renew the tokens: with the refresh token, else by asking the host page again. One at a time. */
  function refresh() {
    refreshing ??= renew().finally(() => {
      refreshing = null;
    });
    return refreshing;
  }

  /** @returns {Promise<boolean>} */
  async function renew() {
    const refresh_token = tokens?.refresh_token;
    if (refresh_token) {
      try {
        keep(await once("POST", "/panel-sessions/refresh", { refresh_token }, {}));
        return true;
      } catch (error) {
        if (error instanceof Problem && error.isOffline) throw error;
      }
    }
    const given = askHost ? await askHost() : null;
    if (given) keep(given);
    return Boolean(given);
  }

  return {
    keep,
    refresh,
    get isSignedIn() {
      return Boolean(tokens);
    },
    /** @param {string} path @param {Extras} [extras] */
    get: (path, extras) => request("GET", path, undefined, extras),
    /** A change, with a key of its own unless one is given. @param {string} method @param {string} path @param {any} [body] @param {Extras} [extras] */
    write(method, path, body = {}, extras = {}) {
      return request(method, path, method === "DELETE" ? undefined : body, { key: newKey(), ...extras });
    },
    /** Sign in without a token yet. @param {string} path @param {any} body @returns {Promise<Tokens>} */
    signIn: (path, body) => request("POST", path, body, { key: newKey() }),
    /** @returns {Promise<string>} */
    async socketTicket() {
      const { ticket } = await request("POST", "/socket-tickets", {}, { patient: false });
      return ticket;
    },
  };
}
