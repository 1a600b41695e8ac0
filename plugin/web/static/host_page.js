/** The panel's side of the talk with the page it stands in: versioned messages, exact origin and source. */

export const PROTOCOL = "sidestage/1";
const ANSWER_MS = 20_000;

/**
 * @typedef {{ protocol: string, type: "sign_in", room: string, token: string, theme?: unknown }} SignIn
 * @typedef {{ protocol: string, type: "theme", theme: unknown }} ThemeChange
 */

/** A message we understand, else null. @param {any} data @returns {SignIn | ThemeChange | null} */
export function parse(data) {
  if (data === null || typeof data !== "object" || data.protocol !== PROTOCOL) return null;
  if (data.type === "theme") return data;
  const isText = (/** @type {unknown} */ value) => typeof value === "string" && value.length > 0 && value.length < 8192;
  return data.type === "sign_in" && isText(data.room) && isText(data.token) ? data : null;
}

/** Talks with the page around the frame. */
export class HostPage {
  /** @param {Window} frame @param {string[]} origins @param {(theme: unknown) => void} onTheme */
  constructor(frame, origins, onTheme) {
    this.frame = frame;
    this.origins = origins;
    this.onTheme = onTheme;
    /** @type {((message: SignIn) => void)[]} */
    this.waiting = [];
    frame.addEventListener("message", (event) => this.#hear(event));
  }

  get isFramed() {
    return this.frame.parent !== this.frame;
  }

  /** @param {MessageEvent} event */
  #hear(event) {
    if (event.source !== this.frame.parent || !this.origins.includes(event.origin)) return;
    const message = parse(event.data);
    if (!message) return;
    if (message.theme !== undefined) this.onTheme(message.theme);
    if (message.type === "sign_in") for (const take of this.waiting.splice(0)) take(message);
  }

  /** @param {string} type @param {Record<string, unknown>} [members] */
  tell(type, members = {}) {
    if (!this.isFramed) return;
    // Only the page whose origin matches receives it; the others see nothing.
    for (const origin of this.origins) this.frame.parent.postMessage({ protocol: PROTOCOL, type, ...members }, origin);
  }

  /** Ask for a fresh room token; null when nobody answers. @returns {Promise<SignIn | null>} */
  askForToken() {
    if (!this.isFramed) return Promise.resolve(null);
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(null), ANSWER_MS);
      this.waiting.push((message) => {
        clearTimeout(timer);
        resolve(message);
      });
      this.tell("token_wanted");
    });
  }
}
