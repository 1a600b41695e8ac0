/** The panel's list of chats: its order, what it says, what counts as unread; whom I follow. */

import assert from "node:assert/strict";
import { test } from "node:test";
import * as chats from "../../plugin/web/static/chats.js";

const ME = "acc_me";
const OMAR = { account_id: "acc_omar", name: "Omar", role: "member" };
const MINE = { account_id: ME, name: "Lina", role: "member" };

/** @param {string} id @param {Record<string, unknown>} more */
const chat = (id, more = {}) => ({
  id, kind: "direct", state: "open", name: null, members: [MINE, OMAR], unread_count: 0, active_at: "2026-05-12T17:00:00Z", draft: null,
  last_message: { id: `msg_${id}`, seq: 1, author: OMAR, head: "Hello", is_deleted: false, created_at: "2026-05-12T17:00:00Z" }, ...more,
});
/** @param {any[]} all @returns {any} */
const held = (...all) => ({ conversations: Object.fromEntries(all.map((one) => [one.id, one])) });

test("the latest active comes first, and what is put away, closed or the hosts' own is not shown", () => {
  const shown = chats.list(held(
    chat("a"),
    chat("b", { active_at: "2026-05-12T18:00:00Z" }),
    chat("c", { is_archived: true }),
    chat("d", { state: "closed" }),
    chat("e", { kind: "backchannel" }),
  ));
  assert.deepEqual(shown.map(({ id }) => id), ["b", "a"]);
});

test("the badge counts chats, never muted ones, never what waits for a yes", () => {
  const all = held(chat("a", { unread_count: 7 }), chat("b", { unread_count: 1 }), chat("c", { unread_count: 2, is_muted: true }), chat("d", { unread_count: 1, state: "pending" }));
  assert.equal(chats.unread(all), 2);
});

test("a line says my draft, else who said what last", () => {
  assert.deepEqual(chats.preview(/** @type {any} */ (chat("a", { draft: { text: "hm" } })), ME).kind, "draft");
  assert.deepEqual(chats.preview(/** @type {any} */ (chat("a")), ME), { kind: "theirs", text: "Hello", name: "" });
  assert.equal(chats.preview(/** @type {any} */ (chat("a", { kind: "group" })), ME).name, "Omar");
  assert.equal(chats.preview(/** @type {any} */ (chat("a", { last_message: null })), ME).kind, "none");
  const gone = { id: "m", seq: 1, author: OMAR, head: "", is_deleted: true, created_at: "" };
  assert.equal(chats.preview(/** @type {any} */ (chat("a", { last_message: gone })), ME).kind, "deleted");
});

test("following, blocking and requests come and go with what is told", () => {
  let known = chats.initial(/** @type {any} */ ({ relations: { followed: ["acc_a"], blocked: [] }, chats: { group_requests: [], limits: { group_max: 15 } } }));
  known = chats.absorb(known, { relation: { account_id: "acc_a", is_followed: false, is_blocked: true } });
  assert.deepEqual([known.followed, known.blocked], [{}, { acc_a: true }]);
  known = chats.absorb(known, { group_request: { id: "cnv_1", name: "Ours" } });
  assert.deepEqual(Object.keys(known.requests), ["cnv_1"]);
  known = chats.absorb(known, { removed: { kind: "group_request", id: "cnv_1" } });
  assert.deepEqual(known.requests, {});
  assert.equal(chats.absorb(known, { question: {} }), known);
});

test("without chats in the bootstrap the tab is not offered", () => {
  assert.equal(chats.initial(/** @type {any} */ ({})).isOffered, false);
});
