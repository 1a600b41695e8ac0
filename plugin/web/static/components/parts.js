/** Small pictures that many screens share: a face, a chip, an icon, a line of trouble. */

import { t } from "../messages.js";
import { hash } from "../store.js";
import { html, nothing, svg } from "../vendor/lit.js";

/** @import { Panel } from "../panel.js" */
/** @import { Question } from "../objects.d.ts" */

const PATHS = {
  up: svg`<path d="M3 10l5-5 5 5" />`,
  down: svg`<path d="M3 6l5 5 5-5" />`,
  hand: svg`<path d="M5 8.5V4a1 1 0 0 1 2 0v3.5V3a1 1 0 0 1 2 0v4.5V4a1 1 0 0 1 2 0v5.2l.9-1.3a1 1 0 0 1 1.7 1.1l-2 3.6A4 4 0 0 1 8.1 14.6 4 4 0 0 1 4.5 12L3 9.400a1 1 0 0 1 1.7-1z" />`,
  settings: svg`<path d="M2 4.500h6M12 4.500h2M2 11.500h2M8 11.500h6" /><circle cx="10" cy="4.5" r="1.8" /><circle cx="6" cy="11.5" r="1.8" />`,
  check: svg`<path d="M3 8.500l3.3 3.300L13 5" />`,
  lock: svg`<rect x="3" y="7" width="10" height="7" rx="1.5" /><path d="M5 7V5a3 3 0 0 1 6 0v2" />`,
  people: svg`<circle cx="6" cy="5.5" r="2.3" /><path d="M1.8 13c.4-2.6 2-4 4.2-4s3.8 1.4 4.2 4M10.5 3.400a2.2 2.2 0 0 1 0 4.200M12 9.300c1.3.6 2 1.9 2.2 3.7" />`,
  eye: svg`<path d="M1.5 8S4 3.8 8 3.8 14.5 8 14.5 8 12 12.2 8 12.2 1.5 8 1.5 8z" /><circle cx="8" cy="8" r="1.9" />`,
  mic: svg`<rect x="6" y="2" width="4" height="7.5" rx="2" /><path d="M3.5 8a4.5 4.5 0 0 0 9 0M8 12.500V14.5" />`,
  muted: svg`<rect x="6" y="2" width="4" height="7.5" rx="2" /><path d="M3.5 8a4.5 4.5 0 0 0 9 0M8 12.500V14.500M2.5 2.500l11 11" />`,
  grip: svg`<g fill="currentColor" stroke="none"><circle cx="6" cy="4" r="1.2" /><circle cx="10" cy="4" r="1.2" /><circle cx="6" cy="8" r="1.2" /><circle cx="10" cy="8" r="1.2" /><circle cx="6" cy="12" r="1.2" /><circle cx="10" cy="12" r="1.2" /></g>`,
  more: svg`<g fill="currentColor" stroke="none"><circle cx="3.5" cy="8" r="1.3" /><circle cx="8" cy="8" r="1.3" /><circle cx="12.5" cy="8" r="1.3" /></g>`,
  warn: svg`<path d="M8 2.500l6 10.700H2z" /><path d="M8 6.500v3.200M8 11.400v.3" />`,
};

/** A small drawing beside a word; never instead of one. @param {keyof typeof PATHS} name */
export const icon = (name) => html`<svg class="icon" viewBox="0 0 16 16" aria-hidden="true">${PATHS[name]}</svg>`;

/** The first letters of a name. @param {string} name */
export function initials(name) {
  const words = name.trim().split(/\s+/).filter(Boolean);
  const letters = words.length > 1 ? [words[0], words[words.length - 1]] : words;
  const firsts = letters.map((word) => [...word][0] ?? "");
  return (firsts.length === 1 ? [...words[0]].slice(0, 2).join("") : firsts.join("")).toUpperCase();
}

/** @param {string} name @param {"small" | "normal"} [size] */
export const face = (name, size = "normal") =>
  html`<span class="face hue-${(hash(name) >>> 4) % 8} ${size}" aria-hidden="true">${initials(name) || "?"}</span>`;

/** A name that cannot turn its neighbours around. @param {string} name */
export const person = (name) => html`<span class="name"><bdi>${name || t("question.anonymous")}</bdi></span>`;

/** What went wrong here, with one way on. @param {Panel} panel @param {string} place */
export function trouble(panel, place) {
  const found = panel.troubles.get(place);
  if (!found) return nothing;
  const { sentence, redo } = found;
  return html`<div class="trouble" role="status">
    ${icon("warn")}
    <span class="grow">${sentence}</span>
    ${redo ? html`<button class="btn small" @click=${redo.run}>${redo.label}</button>` : nothing}
    <button class="btn quiet small" @click=${() => panel.forgive(place)}>${t("panel.dismiss")}</button>
  </div>`;
}

/** An empty place that says what will be here. @param {string} title @param {string} text @param {unknown} [action] */
export const empty = (title, text, action = nothing) =>
  html`<div class="empty">
    ${title ? html`<p class="empty-title">${title}</p>` : nothing}
    <p>${text}</p>
    ${action}
  </div>`;

/** How a question's asker wants it handled, for hosts and audience. @param {Question} question @param {boolean} isMine */
export function voiceChip(question, isMine) {
  if (question.voice === "read") return nothing;
  const own = question.voice === "speak" ? t("question.you_speak") : t("question.you_either");
  const other = question.voice === "speak" ? t("question.wants_to_speak") : t("question.may_speak");
  return html`<span class="chip voice">${isMine ? own : other}</span>`;
}

/** @param {Panel} panel @param {Question} question */
export function votesText(panel, question) {
  const count = panel.votesOf(question);
  if (count === null) return "";
  const { guest_votes } = question;
  return guest_votes
    ? t("question.votes_split", { count, guests: guest_votes })
    : t("question.votes", { count });
}
