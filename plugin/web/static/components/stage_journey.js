/** The way of one person onto the stage, drawn on the card that started it; never ahead of what the server confirmed. */

import * as acts from "../acts.js";
import { t } from "../messages.js";
import { isTurnOpen } from "../store.js";
import { millis, now } from "../time.js";
import { html, nothing } from "../vendor/lit.js";

/** @import { Panel } from "../panel.js" */
/** @import { StageTurn } from "../objects.d.ts" */

/** How long after *accepted* the server may take to say that somebody is on stage. */
export const CONFIRM_MS = 10_000;
const STEPS = /** @type {const} */ (["invited", "accepted", "on_stage", "audible"]);

/** Where a turn stands for the person who looks: the server's state, or *failed* once its time is over. @param {StageTurn} turn @param {number} at */
export function standing(turn, at) {
  if (turn.state === "on_stage") return turn.is_audible ? "audible" : "on_stage";
  if (turn.state === "accepted" && at - millis(turn.accepted_at) >= CONFIRM_MS) return "failed";
  return turn.state;
}

/** Nothing, or the steps with the one thing to do. @param {Panel} panel @param {StageTurn | undefined} turn @param {() => unknown} [again] */
export function journey(panel, turn, again) {
  if (!turn) return nothing;
  const at = standing(turn, now());
  if ((at === "left" || at === "withdrawn") && !turn.failure) return nothing;
  const step = STEPS.indexOf(/** @type {any} */ (at));
  return html`<div class="journey ${at}" role="group" aria-label=${t("journey.label")}>
    ${step >= 0 ? steps(step) : nothing}
    <div class="journey-line">
      <span class="grow" role="status">${sentence(turn, at)}</span>
      ${action(panel, turn, at, again)}
    </div>
  </div>`;
}

/** @param {number} reached */
const steps = (reached) =>
  html`<ol class="steps" role="list">
    ${STEPS.map(
      (step, at) =>
        html`<li class=${at < reached ? "past" : at === reached ? "now" : ""} aria-current=${at === reached ? "step" : "false"}>
          ${t(`journey.step_${step}`)}
        </li>`,
    )}
  </ol>`;

/** @param {StageTurn} turn @param {string} at */
function sentence(turn, at) {
  const { name } = turn;
  if (at === "invited") return invited(turn);
  if (at === "accepted") return html`${t("journey.connecting", { name })}${deadline(turn)}`;
  if (at === "failed") return `${t("journey.failed", { name })} ${turn.failure?.message ?? t("journey.unconfirmed", { name })}`;
  if (at === "left") return turn.failure?.message ?? "";
  if (at === "on_stage") return t("journey.on_stage", { name });
  if (at === "audible") return t("journey.audible", { name });
  return at === "declined" ? t("journey.declined", { name }) : t("journey.expired", { name });
}

/** Draws the card again, unseen, when the time for a confirmation is over. @param {StageTurn} turn */
export function deadline(turn) {
  const limit = new Date(millis(turn.accepted_at) + CONFIRM_MS).toISOString();
  return html`<time-count class="unseen" aria-hidden="true" until=${limit}></time-count>`;
}

/** @param {StageTurn} turn */
const invited = (turn) =>
  html`${t("journey.invited", { name: turn.name })}${turn.expires_at
    ? html`<span aria-hidden="true">, <time-count until=${turn.expires_at}></time-count> ${t("journey.answers_in")}</span>`
    : nothing}`;

/** @param {Panel} panel @param {StageTurn} turn @param {string} at @param {(() => unknown) | undefined} again */
function action(panel, turn, at, again) {
  const busy = panel.busy.has(turn.id);
  const button = (/** @type {import("../messages.js").Key} */ key, /** @type {() => unknown} */ run, look = "") =>
    html`<button class="btn small ${look}" ?disabled=${busy} @click=${run}>${t(key)}</button>`;
  if (at === "invited") return button("journey.withdraw", () => acts.turn(panel, turn, "withdraw"));
  const putAway = () => button("panel.dismiss", () => acts.turn(panel, turn, "withdraw"), "quiet");
  if (at === "failed") return html`${button("panel.try_again", () => acts.turn(panel, turn, "retry"), "stagebtn")} ${putAway()}`;
  if (at === "left") return putAway();
  if ((at === "declined" || at === "expired") && again) return button("journey.ask_again", again);
  return nothing;
}

/** Whether the card still waits for the person, so that bringing up again makes no sense. @param {StageTurn | undefined} turn */
export const isUnderWay = (turn) => isTurnOpen(turn) || turn?.state === "failed";
