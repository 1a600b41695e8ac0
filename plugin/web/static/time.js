/** Instants and durations as people say them. */

/** How far the server's clock is ahead of ours, in milliseconds. */
let offset = 0;

/** The locale of the words around the dates: English, in the reader's own variety of it. */
export const LOCALE = (globalThis.navigator?.languages ?? []).find((tag) => /^en\b/i.test(tag)) ?? "en-GB";

/** Learn the server's clock from a `Date` header; the header has whole seconds, so half of one is added. @param {string | null} date */
export function setServerClock(date) {
  const server = date ? Date.parse(date) : NaN;
  if (Number.isNaN(server)) return;
  const seen = server + 500 - Date.now();
  // Within the header's own coarseness our clock is the better one.
  offset = Math.abs(seen) < 1500 ? 0 : seen;
}

/** Now, by the server's clock. */
export const now = () => Date.now() + offset;

/** Milliseconds of an instant; NaN for none. @param {string | null | undefined} instant */
export const millis = (instant) => (instant ? Date.parse(instant) : NaN);

/** "0:48", "34:10", "1:02:05". @param {number} seconds */
export function clockFace(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const parts = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60];
  const [hours, minutes, rest] = parts;
  const tail = String(rest).padStart(2, "0");
  return hours ? `${hours}:${String(minutes).padStart(2, "0")}:${tail}` : `${minutes}:${tail}`;
}

/** "now", "3 min", "14:32", "Tue", "4 Mar". @param {string} instant @param {number} [at] @param {string} [locale] */
export function spoken(instant, at = now(), locale = LOCALE) {
  const then = millis(instant);
  if (Number.isNaN(then)) return "";
  const minutes = Math.floor((at - then) / 60_000);
  if (minutes < 1) return new Intl.RelativeTimeFormat(locale, { numeric: "auto" }).format(0, "second");
  if (minutes < 60) return inUnits(minutes, "minute", locale);
  const date = new Date(then);
  if (minutes < 12 * 60) return format(date, { hour: "2-digit", minute: "2-digit" }, locale);
  if (minutes < 6 * 24 * 60) return format(date, { weekday: "short" }, locale);
  return format(date, { day: "numeric", month: "short" }, locale);
}

/** "3 min", "20 sec". @param {number} count @param {"second" | "minute"} unit @param {string} [locale] */
export function inUnits(count, unit, locale = LOCALE) {
  return new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: "short" }).format(count);
}

/** The whole instant, for a pointer that rests and for a screen reader. @param {string} instant @param {string} [locale] */
export function exact(instant, locale = LOCALE) {
  return format(new Date(millis(instant)), { dateStyle: "medium", timeStyle: "medium" }, locale);
}

/** @param {Date} date @param {Intl.DateTimeFormatOptions} options @param {string} locale */
const format = (date, options, locale) => new Intl.DateTimeFormat(locale, options).format(date);
