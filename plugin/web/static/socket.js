/** The panel's live connection: ticket, subscribe, resume by `seq`, heartbeat, reconnect with jitter; no DOM. */

import * as protocol from "./protocol.js";

const CHECK_SECONDS = 5;

/**
 * @typedef {"connecting" | "catching_up" | "online" | "offline" | "stopped"} Status
 * @typedef {{
 *   url: () => string,
 *   ticket: () => Promise<string>,
 *   onPush: (push: protocol.Push) => void,
 *   onGap: (channel: string) => void,
 *   onStatus: (status: Status) => void,
 *   onStop: (reason: string) => void,
 *   Socket?: typeof WebSocket,
 *   clock?: { now: () => number, later: (run: () => void, milliseconds: number) => any, cancel: (timer: any) => void },
 *   random?: () => number,
 * }} Options
 */

const CLOCK = {
  now: () => Date.now(),
  later: (/** @type {() => void} */ run, /** @type {number} */ milliseconds) => setTimeout(run, milliseconds),
  cancel: (/** @type {any} */ timer) => clearTimeout(timer),
};

/** Holds one connection open until `stop`. */
export class LiveSocket {
  /** @param {Options} options */
  constructor(options) {
    this.options = options;
    this.clock = options.clock ?? CLOCK;
    this.random = options.random ?? Math.random;
    /** The highest `seq` applied, by channel. @type {Map<string, number>} */
    this.held = new Map();
    /** Channels that still have to catch up. @type {Set<string>} */
    this.waiting = new Set();
    /** @type {WebSocket | null} */
    this.socket = null;
    /** @type {Status} */
    this.status = "stopped";
    /** When the server was last heard, by our own clock. */
    this.heardAt = this.clock.now();
    this.heartbeatSeconds = 20;
    this.attempt = 0;
    this.withinSeconds = 0;
    /** @type {any} */
    this.timer = null;
    this.generation = 0;
  }

  /** Hear exactly these channels, each from its `seq` on. @param {{name: string, seq: number}[]} channels */
  follow(channels) {
    const wanted = new Map(channels.map(({ name, seq }) => [name, seq]));
    const gone = [...this.held.keys()].filter((name) => !wanted.has(name));
    const added = channels.filter(({ name }) => !this.held.has(name));
    for (const name of gone) this.#forget(name);
    for (const [name, seq] of wanted) this.held.set(name, Math.max(seq, this.held.get(name) ?? 0));
    if (this.status === "online" || this.status === "catching_up") this.#subscribe(added.map(({ name }) => name));
  }

  start() {
    this.generation += 1;
    this.clock.cancel(this.timer);
    this.#drop();
    this.#connect(this.generation);
  }

  stop() {
    this.generation += 1;
    this.clock.cancel(this.timer);
    this.#drop();
    this.#become("stopped");
  }

  /** Find out now whether the connection lives: after sleep, or when the network came back. */
  check() {
    if (this.status === "offline") return this.start();
    if (this.status !== "online") return undefined;
    this.#send(protocol.ping());
    return this.#expect(CHECK_SECONDS);
  }

  /** @param {string} name */
  #forget(name) {
    this.held.delete(name);
    this.waiting.delete(name);
    if (this.status === "online") this.#send(protocol.unsubscribe(name));
  }

  /** @param {number} generation */
  async #connect(generation) {
    this.#become("connecting");
    try {
      const ticket = await this.options.ticket();
      if (generation !== this.generation) return;
      const Socket = this.options.Socket ?? WebSocket;
      this.#listen(new Socket(this.options.url(), protocol.subprotocols(ticket)), generation);
    } catch (error) {
      if (generation !== this.generation) return;
      const status = /** @type {any} */ (error).status;
      if (status === 401 || status === 403) this.#giveUp("signed_out");
      else this.#again();
    }
  }

  /** @param {WebSocket} socket @param {number} generation */
  #listen(socket, generation) {
    this.socket = socket;
    const isCurrent = () => generation === this.generation && this.socket === socket;
    socket.onopen = () => isCurrent() && this.#send(protocol.hello());
    socket.onmessage = ({ data }) => isCurrent() && this.#hear(data);
    socket.onclose = ({ code }) => isCurrent() && this.#closed(code);
    this.#expect(CHECK_SECONDS * 2);
  }

  /** @param {number} code */
  #closed(code) {
    this.socket = null;
    if (protocol.connectsAgain(code)) return this.#again();
    return this.#giveUp(code === protocol.CLOSE_CODES.too_many_sockets.code ? "too_many" : "signed_out");
  }

  /** @param {string} reason */
  #giveUp(reason) {
    this.stop();
    this.options.onStop(reason);
  }

  #again() {
    this.#drop();
    this.#become("offline");
    const delay = protocol.reconnectDelay(this.attempt, this.withinSeconds, this.random);
    this.attempt += 1;
    this.withinSeconds = 0;
    const generation = this.generation;
    this.clock.cancel(this.timer);
    this.timer = this.clock.later(() => generation === this.generation && this.#connect(generation), delay);
  }

  #drop() {
    const socket = this.socket;
    this.socket = null;
    if (socket && socket.readyState <= 1) socket.close();
  }

  /** @param {unknown} text */
  #hear(text) {
    const frame = protocol.parse(text);
    if (!frame) return;
    this.heardAt = this.clock.now();
    this.#expect(this.heartbeatSeconds * 1.25);
    if (frame.type === "welcome") this.#welcomed(frame);
    else if (frame.type === "push") this.#pushed(frame);
    else if (frame.type === "caught_up") this.#caughtUp(frame.channel, frame.seq);
    else if (frame.type === "subscribed") this.#subscribed(frame.channel, frame.seq);
    else if (frame.type === "heartbeat") this.#resume(protocol.behind(frame.channels, this.held));
    else if (frame.type === "gap") this.#missing(frame.channel, frame.seq);
    else if (frame.type === "bye") this.withinSeconds = frame.reconnect_within_seconds;
    else if (frame.type === "error") this.#refused(frame);
  }

  /** @param {protocol.Welcome} welcome */
  #welcomed(welcome) {
    this.heartbeatSeconds = welcome.heartbeat_seconds;
    this.#become("catching_up");
    this.#subscribe([...this.held.keys()]);
  }

  /** @param {string[]} names */
  #subscribe(names) {
    if (!names.length) return;
    for (const name of names) this.waiting.add(name);
    this.#send(protocol.subscribe(names.map((name) => ({ name, seq: this.held.get(name) ?? null }))));
  }

  /** @param {string[]} names */
  #resume(names) {
    this.#subscribe(names.filter((name) => !this.waiting.has(name)));
  }

  /** @param {string} channel @param {number} seq */
  #subscribed(channel, seq) {
    // Nothing was missed, so no `caught_up` needs to be waited for.
    if (seq <= (this.held.get(channel) ?? -1)) this.#caughtUp(channel, seq);
  }

  /** @param {string} channel @param {number} seq */
  #caughtUp(channel, seq) {
    this.waiting.delete(channel);
    if (this.held.has(channel)) this.held.set(channel, Math.max(seq, this.held.get(channel) ?? 0));
    if (this.waiting.size) return;
    this.attempt = 0;
    this.#become("online");
  }

  /** @param {protocol.Push} push */
  #pushed(push) {
    const held = this.held.get(push.channel);
    if (held === undefined) return;
    const verdict = protocol.verdict(push, held);
    // While a channel catches up, the log comes in its own order and what is new follows.
    if (verdict === "resume") return this.#resume([push.channel]);
    if (verdict === "ignore") return undefined;
    if (push.seq !== undefined) this.held.set(push.channel, push.seq);
    return this.options.onPush(push);
  }

  /** @param {string} channel @param {number} seq */
  #missing(channel, seq) {
    this.held.set(channel, seq);
    this.#caughtUp(channel, seq);
    this.options.onGap(channel);
  }

  /** @param {protocol.ErrorFrame} error */
  #refused(error) {
    if (!error.channel) return;
    if (error.code === "unavailable") return void this.#again();
    this.held.delete(error.channel);
    this.waiting.delete(error.channel);
    // Our rights changed: what we may hear now stands in a fresh bootstrap.
    this.options.onGap(error.channel);
  }

  /** Give the server this long to be heard; first it is asked, then it is given up. @param {number} seconds */
  #expect(seconds) {
    const generation = this.generation;
    const asked = seconds <= CHECK_SECONDS * 2;
    this.clock.cancel(this.timer);
    this.timer = this.clock.later(() => {
      if (generation !== this.generation || !this.socket) return;
      if (asked) return this.#again();
      this.#send(protocol.ping());
      this.#expect(CHECK_SECONDS);
    }, seconds * 1000);
  }

  /** @param {string} text */
  #send(text) {
    if (this.socket?.readyState === 1) this.socket.send(text);
  }

  /** @param {Status} status */
  #become(status) {
    if (status === this.status) return;
    this.status = status;
    this.options.onStatus(status);
  }
}
