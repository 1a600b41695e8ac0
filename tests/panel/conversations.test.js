/** What frames do to conversations and messages, and what the screens read from them. */

import assert from "node:assert/strict";
import { test } from "node:test";
import * as conversations from "../../plugin/web/static/conversations.js";

const ID = "cnv_1";
const ME = "acc_Hana";

const conversation = (more = {}) => ({
  id: ID, kind: "backchannel", session_id: "ses_1", name: null, state: "open", members: [], member_count: 2, last_seq: 0,
  channel: `conversation:${ID}:1`, version: 1, last_read_seq: 0, unread_count: 0, draft: null, ...more,
});

const message = (seq, more = {}) => ({
  id: `msg_${seq}`, conversation_id: ID, seq, author: { account_id: "acc_Cole", name: "Cole" }, text: `No. ${seq}`,
  body: [], cards: [], quote: null, reactions: [], created_at: `2026-03-01T14:00:${String(seq % 60).padStart(2, "0")}Z`,
  edited_at: null, pinned_at: null, is_deleted: false, client_id: `c${seq}`, version: 1, ...more,
});

const range = (from, to) => Array.from({ length: to - from + 1 }, (_, at) => message(from + at));
const window = (items, more = {}) => ({
  items, first_seq: 1, last_seq: items.at(-1)?.seq ?? 0, gap: false, channel: { name: `conversation:${ID}:1`, seq: 9 }, ...more,
});
const opened = (items = [], more = {}) =>
  conversations.withWindow(conversations.initial({ messaging: { conversations: [conversation()] } }), ID, window(items, more));
const tell = (held, data, channel = `conversation:${ID}:1`) => conversations.apply(held, { type: "push", channel, data }, ME, 1000);
const seqs = (held) => held.logs[ID].messages.map(({ seq }) => seq);
const pending = (client_id, more = {}) => ({
  client_id, conversation_id: ID, text: "Hello", cards: [], quote: null, created_at: "", status: "sending", sentence: "", ...more,
});

test("a message that comes next is added, twice is once, and a hole is noticed", () => {
  const one = tell(opened(range(1, 3)), { message: message(4) });
  assert.deepEqual(seqs(one), [1, 2, 3, 4]);
  assert.deepEqual(seqs(tell(one, { message: message(4) })), [1, 2, 3, 4]);
  const holed = tell(one, { message: message(6) });
  assert.deepEqual(seqs(holed), [1, 2, 3, 4]);
  assert.equal(holed.logs[ID].isBehind, true);
  const mended = conversations.withWindow(holed, ID, window(range(5, 6)));
  assert.deepEqual(seqs(mended), [1, 2, 3, 4, 5, 6]);
  assert.equal(mended.logs[ID].isBehind, false);
});

test("earlier messages join above, and the beginning is known as such", () => {
  const held = opened(range(51, 100));
  assert.equal(conversations.hasEarlier(held, ID), true);
  const whole = conversations.withWindow(held, ID, window(range(1, 50)));
  assert.equal(seqs(whole).length, 100);
  assert.equal(conversations.hasEarlier(whole, ID), false);
  const late = opened(range(51, 60), { first_seq: 51 });
  assert.equal(conversations.hasEarlier(late, ID), false);
});

test("after a gap the latest window stands alone", () => {
  const held = conversations.withWindow(opened(range(1, 3)), ID, window(range(900, 949), { gap: true }));
  assert.equal(seqs(held)[0], 900);
});

test("what I send is one bubble, whichever of answer and push comes first", () => {
  const sent = message(1, { author: { account_id: ME, name: "Hana" }, client_id: "mine", reactions: undefined });
  const start = conversations.withPending(opened(), pending("mine"));
  assert.equal(conversations.pendingIn(start, ID).length, 1);
  for (const held of [
    tell(conversations.withAnswer(start, sent), { message: sent }),
    conversations.withAnswer(tell(start, { message: sent }), sent),
  ]) {
    assert.equal(conversations.pendingIn(held, ID).length, 0);
    assert.deepEqual(seqs(held), [1]);
  }
});

test("what failed says so and can be let go; it outlives a fresh start", () => {
  const failed = conversations.withStatus(conversations.withPending(opened(), pending("mine")), "mine", "failed", "No.");
  const again = conversations.initial({ messaging: { conversations: [conversation()] } }, failed);
  assert.deepEqual(again.pending.map(({ status, sentence }) => [status, sentence]), [["failed", "No."]]);
  assert.equal(conversations.discarded(again, "mine").pending.length, 0);
  const gone = conversations.initial({ messaging: { conversations: [] } }, failed);
  assert.deepEqual([gone.pending, gone.logs], [[], {}]);
});

test("an edit changes the words and the quotes of them, a deletion takes the reactions", () => {
  const quote = { id: "msg_1", seq: 1, author: null, head: "No. 1", is_deleted: false };
  const reaction = { emoji: "👍", count: 1, people: [], mine: true };
  const held = opened([message(1, { reactions: [reaction] }), message(2, { quote })]);
  const edited = tell(held, { message: message(1, { text: "New", version: 2, reactions: undefined }), quote: { ...quote, head: "New" } });
  assert.equal(edited.logs[ID].messages[0].text, "New");
  assert.deepEqual(edited.logs[ID].messages[0].reactions, [reaction]);
  assert.equal(edited.logs[ID].messages[1].quote.head, "New");
  const late = tell(edited, { message: message(1, { text: "Old" }) });
  assert.equal(late.logs[ID].messages[0].text, "New");
  const deleted = tell(edited, { message: message(1, { text: "", is_deleted: true, version: 3 }) });
  assert.deepEqual(deleted.logs[ID].messages[0].reactions, []);
});

test("a reaction knows whether it is mine, also when another person changes it", () => {
  const told = (account_id, count, is_on) => ({ reaction: { message_id: "msg_1", emoji: "👍", count, people: [], account_id, is_on } });
  const mine = tell(opened(range(1, 1)), told(ME, 1, true));
  assert.equal(mine.logs[ID].messages[0].reactions[0].mine, true);
  const both = tell(mine, told("acc_Cole", 2, true));
  assert.deepEqual(both.logs[ID].messages[0].reactions.map(({ count, mine: isMine }) => [count, isMine]), [[2, true]]);
  const none = tell(tell(both, told(ME, 1, false)), told("acc_Cole", 0, false));
  assert.deepEqual(none.logs[ID].messages[0].reactions, []);
});

test("old views of a conversation do not overwrite new ones, and one I was never shown does not appear", () => {
  const held = tell(opened(), { conversation: conversation({ last_seq: 5, unread_count: 5, version: 2 }) });
  assert.equal(tell(held, { conversation: conversation({ last_seq: 4, unread_count: 4, version: 2 }) }), held);
  const other = tell(held, { conversation: { id: "cnv_2", last_seq: 3, active_at: "" } });
  assert.equal(other.conversations.cnv_2, undefined);
});

test("whoever is put out forgets everything of it", () => {
  const held = conversations.withPending(opened(range(1, 3)), pending("mine"));
  const out = tell(held, { removed: { kind: "conversation", id: ID } }, `inbox:${ME}`);
  assert.deepEqual(out, conversations.NOTHING);
});

test("somebody is writing for six seconds, or until the message is there", () => {
  const typing = { conversation_id: ID, account_id: "acc_Cole", name: "Cole" };
  const held = tell(opened(), { typing });
  assert.deepEqual(conversations.typists(held, ID, 1000 + 5999), ["Cole"]);
  assert.deepEqual(conversations.typists(held, ID, 1000 + 6000), []);
  assert.deepEqual(conversations.typists(tell(held, { message: message(1) }), ID, 1001), []);
});

test("on air others' new messages are held back, mine are not", () => {
  const items = [...range(1, 3), message(4, { author: { account_id: ME, name: "Hana" } }), message(5)];
  assert.deepEqual(conversations.heldBack(items, 2, ME).map(({ seq }) => seq), [3, 5]);
  assert.deepEqual(conversations.heldBack(items, null, ME), []);
});

test("neighbours of one person are drawn as one within five minutes", () => {
  const [one, two] = range(1, 2);
  assert.equal(conversations.continues(one, two), true);
  assert.equal(conversations.continues(one, { ...two, created_at: "2026-03-01T14:06:00Z" }), false);
  assert.equal(conversations.continues(one, { ...two, author: null }), false);
  assert.equal(conversations.startsDay(one, { ...two, created_at: "2026-03-03T14:06:00Z" }), true);
});
