/** One message in a list: who, when, what, what it answers, and what may be done to it. */

import { t } from "../messages.js";
import { exact, LOCALE, millis, now } from "../time.js";
import { html, nothing } from "../vendor/lit.js";
import { ask } from "./confirm_dialog.js";
import { messageBody, typedBody } from "./message_body.js";
import { face, icon, trouble } from "./parts.js";
import { sharedCard } from "./shared_cards.js";

/** @import { Panel } from "../panel.js" */
/** @import { Conversation, Message, Quote } from "../objects.d.ts" */
/** @typedef {import("../conversations.js").Pending} Pending */
/**
 * @typedef {{
 *   panel: Panel, conversation: Conversation, opened: string, open: (key: string) => void,
 *   reply: (message: Message) => void, edit: (message: Message) => void, goTo: (seq: number) => void,
 * }} Drawing
 */

export const QUICK = ["👍", "❤️", "😂", "🎉", "👀"];

/** @param {string} instant */
const clock = (instant) => new Intl.DateTimeFormat(LOCALE, { hour: "2-digit", minute: "2-digit" }).format(new Date(instant));

/** @param {Message} message */
export const nameOf = (message) => message.author?.name || t("talk.house");

/** @param {Message} message @param {boolean} isJoined @param {Drawing} drawing */
export function messageRow(message, isJoined, drawing) {
  const { panel } = drawing;
  return html`<div class="msg ${isJoined ? "joined" : ""} ${panel.busy.has(message.id) ? "busy" : ""}">
    ${isJoined ? html`<span class="face-gap"></span>` : face(nameOf(message))}
    <div class="msg-body">
      ${isJoined ? html`<span class="unseen">${nameOf(message)}, ${clock(message.created_at)}</span>` : heading(message)}
      ${message.is_deleted ? html`<p class="tomb">${t("talk.deleted")}</p>` : content(message, drawing)}
      ${trouble(panel, message.id)}
    </div>
    ${message.is_deleted ? nothing : more(message, drawing)}
  </div>`;
}

/** @param {Message} message */
const heading = (message) =>
  html`<p class="msg-head">
    <b><bdi>${nameOf(message)}</bdi></b>
    <time datetime=${message.created_at} title=${exact(message.created_at)}>${clock(message.created_at)}</time>
  </p>`;

/** @param {Message} message @param {Drawing} drawing */
function content(message, drawing) {
  const { panel, opened, open } = drawing;
  return html`${message.quote ? quoted(message.quote, drawing) : nothing} ${message.text ? messageBody(message.body) : nothing}
    ${message.cards.map((card) => sharedCard(panel, card, message.id, { opened, open }))} ${marks(message)} ${reactions(message, drawing)}
    ${opened === message.id ? tools(message, drawing) : nothing}`;
}

/** @param {Quote} quote @param {Drawing} drawing */
function quoted(quote, { goTo }) {
  const name = quote.author?.name ?? t("talk.house");
  const words = quote.is_deleted ? t("talk.deleted") : quote.head;
  const { seq } = quote;
  return html`<button class="quoted" ?disabled=${seq === null} aria-label=${`${t("talk.quote", { name })}: ${words}`} @click=${() => seq !== null && goTo(seq)}>
    <b><bdi>${name}</bdi></b> <span dir="auto">${words}</span>
  </button>`;
}

/** @param {Message} message */
function marks({ edited_at, pinned_at }) {
  if (!edited_at && !pinned_at) return nothing;
  return html`<p class="note">
    ${edited_at ? html`<span title=${exact(edited_at)}>${t("talk.edited")}</span>` : nothing}${edited_at && pinned_at ? " · " : ""}${pinned_at ? t("talk.pinned") : ""}
  </p>`;
}

/** @param {Message} message @param {Drawing} drawing */
function reactions(message, { panel, conversation }) {
  if (!message.reactions.length) return nothing;
  const canPost = conversation.can?.post !== false;
  return html`<div class="reactions">
    ${message.reactions.map(({ emoji, count, people, mine }) => {
      const names = people.map(({ name }) => name).join(", ");
      return html`<button
        aria-pressed=${mine ? "true" : "false"}
        aria-label=${t("talk.reaction", { emoji, count, names })}
        title=${names}
        ?disabled=${!canPost && !mine}
        @click=${() => panel.correspondence.react(message, emoji)}
      >
        ${emoji} <span>${count}</span>
      </button>`;
    })}
  </div>`;
}

/** @param {Message} message @param {Drawing} drawing */
function more(message, { opened, open }) {
  const isOpen = opened === message.id;
  return html`<button
    class="btn quiet square msg-more"
    aria-expanded=${isOpen ? "true" : "false"}
    aria-label=${t("talk.more", { name: nameOf(message), time: clock(message.created_at) })}
    @click=${() => open(isOpen ? "" : message.id)}
  >
    ${icon("more")}
  </button>`;
}

/** @param {Message} message @param {Drawing} drawing */
function tools(message, { panel, conversation, open, reply, edit }) {
  const { correspondence } = panel;
  const isMine = message.author?.account_id === panel.state?.me.account_id;
  const isYoung = now() - millis(message.created_at) < correspondence.editSeconds * 1000;
  const { post = true, pin = false, moderate = false } = conversation.can ?? {};
  const button = (/** @type {string} */ words, /** @type {() => unknown} */ run, look = "") =>
    html`<button class="btn small ${look}" @click=${() => (open(""), run())}>${words}</button>`;
  return html`<div class="acts tools">
    ${post
      ? QUICK.map((emoji) => html`<button class="btn small emoji" aria-label=${t("talk.react", { emoji })} @click=${() => (open(""), correspondence.react(message, emoji))}>${emoji}</button>`)
      : nothing}
    ${post ? button(t("talk.reply"), () => reply(message)) : nothing}
    ${post && isMine && isYoung && message.text ? button(t("talk.edit"), () => edit(message)) : nothing}
    ${pin ? button(t(message.pinned_at ? "talk.unpin" : "talk.pin"), () => correspondence.pin(message)) : nothing}
    ${isMine || moderate ? button(t("talk.delete"), () => remove(panel, message), "danger") : nothing}
  </div>`;
}

/** @param {Panel} panel @param {Message} message */
async function remove(panel, message) {
  const words = { title: t("talk.delete_title"), text: t("talk.delete_explain"), yes: t("talk.delete") };
  if (await ask(words)) await panel.correspondence.remove(message);
}

/** What I wrote and is not there yet, with its state in words. @param {Pending} one @param {boolean} isJoined @param {Panel} panel */
export function pendingRow(one, isJoined, panel) {
  const name = panel.state?.me.name ?? "";
  return html`<div class="msg pending ${one.status} ${isJoined ? "joined" : ""}">
    ${isJoined ? html`<span class="face-gap"></span>` : face(name)}
    <div class="msg-body">
      ${isJoined ? nothing : html`<p class="msg-head"><b><bdi>${name}</bdi></b> <time datetime=${one.created_at}>${clock(one.created_at)}</time></p>`}
      ${one.quote ? html`<p class="quoted"><b><bdi>${one.quote.author?.name ?? t("talk.house")}</bdi></b> <span dir="auto">${one.quote.head}</span></p>` : nothing}
      ${typedBody(one.text)}
      ${one.status === "sending"
        ? html`<p class="note">${t("talk.sending")}</p>`
        : html`<div class="trouble" role="status">
            <span class="grow">${one.status === "waiting" ? t("talk.waiting") : `${t("talk.failed")} ${one.sentence}`}</span>
            <button class="btn small" @click=${() => panel.correspondence.again(one)}>${t("panel.try_again")}</button>
            <button class="btn quiet small" @click=${() => panel.correspondence.discard(one)}>${t("talk.discard")}</button>
          </div>`}
    </div>
  </div>`;
}

/** "Today", "Yesterday", "Tuesday, 4 March". @param {string} instant */
export function dayOf(instant) {
  const date = new Date(instant);
  const days = Math.round((new Date(now()).setHours(0, 0, 0, 0) - new Date(date).setHours(0, 0, 0, 0)) / 86_400_000);
  if (days === 0) return t("talk.today");
  if (days === 1) return t("talk.yesterday");
  return new Intl.DateTimeFormat(LOCALE, { weekday: "long", day: "numeric", month: "long" }).format(date);
}
