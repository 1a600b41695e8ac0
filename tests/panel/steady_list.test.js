/** The list stays still while somebody is in it. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { EMPTY, PATIENCE_MS, release, settle } from "../../plugin/web/static/steady_list.js";

const engaged = (now) => ({ isEngaged: true, now });

test("new items wait, and are counted, while somebody is in the list", () => {
  const steady = settle(release(["a", "b"]), ["c", "a", "b", "d"], engaged(1000));
  assert.deepEqual([steady.shown, steady.waiting, steady.isReordered], [["a", "b"], 2, false]);
});

test("a new order of the same items waits too", () => {
  const steady = settle(release(["a", "b"]), ["b", "a"], engaged(0));
  assert.deepEqual([steady.shown, steady.waiting, steady.isReordered], [["a", "b"], 0, true]);
});

test("what left the list keeps its place until the person looks away", () => {
  const steady = settle(release(["a", "b", "c"]), ["a", "c"], engaged(0));
  assert.deepEqual([steady.shown, steady.waiting, steady.isReordered], [["a", "b", "c"], 0, false]);
  assert.deepEqual(settle(steady, ["a", "c"], { isEngaged: false, now: 1 }).shown, ["a", "c"]);
});

test("nobody waits longer than fifteen seconds", () => {
  let steady = settle(release(["a"]), ["b", "a"], engaged(0));
  steady = settle(steady, ["b", "a"], engaged(PATIENCE_MS - 1));
  assert.deepEqual(steady.shown, ["a"]);
  assert.deepEqual(settle(steady, ["b", "a"], engaged(PATIENCE_MS)).shown, ["b", "a"]);
});

test("the first items appear at once, and so does everything in an unattended list", () => {
  assert.deepEqual(settle(EMPTY, ["a"], engaged(0)).shown, ["a"]);
  assert.deepEqual(settle(release(["a"]), ["b"], { isEngaged: false, now: 0 }).shown, ["b"]);
});
