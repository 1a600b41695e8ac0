/** One question on the hosts' desk: what it is, how its asker stands, and the one thing to do next. */

import * as acts from "../acts.js";
import { t } from "../messages.js";
import * as store from "../store.js";
import { html, nothing } from "../vendor/lit.js";
import { icon, person, trouble, voiceChip, votesText } from "./parts.js";
import { isUnderWay, journey } from "./stage_journey.js";

/** @import { Panel } from "../panel.js" */
/** @import { Question, State } from "../objects.d.ts" */
/** @typedef {{ key: import("../messages.js").Key, run: () => unknown, look?: string }} Offer */
/** @typedef {{ isOpen: boolean, toggle: () => void, grip?: unknown, place?: string }} Drawing */

/** @param {Panel} panel @param {Question} question @param {Drawing} drawing */
export function deskCard(panel, question, { isOpen, toggle, grip = nothing, place = "desk" }) {
  const state = /** @type {State} */ (panel.state);
  const turn = store.turnOfQuestion(state, question.id);
  const { main, more } = offers(panel, question, isUnderWay(turn));
  if (place === "desk" && acts.canShare(panel)) more.push({ key: "desk.share", run: () => acts.share(panel, "question", question.id) });
  const isBusy = panel.busy.has(question.id);
  const button = (/** @type {Offer} */ { key, run, look = "" }) =>
    html`<button class="btn ${look}" ?disabled=${isBusy} @click=${run}>${t(key)}</button>`;
  const isInline = main.length <= 1;
  return html`<article class="item ${isBusy ? "busy" : ""}" aria-labelledby="${place}-${question.id}">
    <div class="gutter">
      <span class="num">${t("question.number", { number: String(question.number) })}</span>
      ${grip}
    </div>
    <div class="body">
      <div class="item-head">
        <div class="grow">
          <p class="words" id="${place}-${question.id}" dir="auto">${question.text}</p>
          ${deskMeta(panel, question)}
        </div>
        ${isInline ? main.map(button) : nothing} ${more.length ? moreButton(question, isOpen, toggle) : nothing}
      </div>
      ${isInline ? nothing : html`<div class="acts">${main.map(button)}</div>`}
      ${isOpen && more.length ? html`<div class="acts">${more.map((offer) => button({ ...offer, look: "" }))}</div>` : nothing}
      ${journey(panel, turn, () => acts.bringUp(panel, question))} ${trouble(panel, question.id)}
      ${turn ? trouble(panel, turn.id) : nothing}
    </div>
  </article>`;
}

/** @param {Question} question @param {boolean} isOpen @param {() => void} toggle */
const moreButton = (question, isOpen, toggle) =>
  html`<button
    class="btn quiet square corner"
    aria-expanded=${isOpen ? "true" : "false"}
    aria-label=${t("desk.more", { number: String(question.number) })}
    @click=${toggle}
  >
    ${icon("more")}
  </button>`;

/** Where a host still decides, a new voice is worth a word. @param {Question} question */
const isNew = ({ state }) => state === "pending" || state === "open";

/** @param {Panel} panel @param {Question} question */
export function deskMeta(panel, question) {
  const votes = question.state === "pending" ? "" : votesText(panel, question);
  return html`<div class="meta dots">
    ${votes ? html`<span>${votes}</span>` : nothing}
    ${person(question.author.name)} ${voiceChip(question, false)}
    ${question.is_first && isNew(question) ? html`<span class="chip">${t("desk.first_question")}</span>` : nothing}
    ${question.asker_present === false ? html`<span class="chip away">${t("desk.asker_away")}</span>` : nothing}
    <time-ago at=${question.asked_at}></time-ago>
  </div>`;
}

/** What a host may do now: the next thing first. @param {Panel} panel @param {Question} question @param {boolean} isUnderWay @returns {{main: Offer[], more: Offer[]}} */
function offers(panel, question, isUnderWay) {
  const move = (/** @type {import("../messages.js").Key} */ key, /** @type {string} */ to, look = "") => ({
    key,
    look,
    run: () => acts.move(panel, question, to),
  });
  const later = move("desk.later", "later");
  const hide = move("desk.hide", "hidden");
  const readOut = move("desk.read_out", "on_stage");
  const bringUp = { key: /** @type {const} */ ("desk.bring_up"), look: "stagebtn", run: () => acts.bringUp(panel, question) };
  const mayAsk = question.voice !== "read" && question.asker_present !== false;
  if (isUnderWay && question.state !== "on_stage") return { main: [], more: [readOut, later] };
  switch (question.state) {
    case "pending":
      return { main: [move("desk.approve", "open", "primary"), move("desk.decline", "declined")], more: [hide] };
    case "queued": {
      const main = mayAsk ? [bringUp, readOut, later] : [{ ...readOut, look: "primary" }, later];
      const spare = mayAsk || question.asker_present === false ? [] : [bringUp];
      return { main, more: [...spare.map((offer) => ({ ...offer, look: "" })), move("desk.unqueue", "open"), hide] };
    }
    case "open":
      return { main: [move("desk.queue", "queued")], more: [...(mayAsk ? [bringUp] : []), readOut, later, hide] };
    default:
      return { main: [move("desk.reopen", "open")], more: [] };
  }
}
