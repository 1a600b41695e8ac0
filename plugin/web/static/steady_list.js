/** A list that does not move under a finger: news waits until the person looks away, at most 15 seconds. */

/** How long a changed order may wait while somebody is in the list. */
export const PATIENCE_MS = 15_000;

/**
 * @typedef {{ shown: string[], waiting: number, isReordered: boolean, since: number | null }} Steady
 * `shown`: the ids in drawn order; `waiting`: how many new ones are held back; `since`: when holding began.
 */

/** @type {Steady} */
export const EMPTY = { shown: [], waiting: 0, isReordered: false, since: null };

/**
 * The list after `wanted` became the right order.
 * @param {Steady} steady @param {string[]} wanted @param {{ isEngaged: boolean, now: number }} moment @returns {Steady}
 */
export function settle(steady, wanted, { isEngaged, now }) {
  if (same(steady.shown, wanted)) return { shown: steady.shown, waiting: 0, isReordered: false, since: null };
  const since = steady.since ?? now;
  const isFirst = steady.shown.length === 0;
  if (!isEngaged || isFirst || now - since >= PATIENCE_MS) return release(wanted);
  const drawn = new Set(steady.shown);
  const right = new Set(wanted);
  const waiting = wanted.filter((id) => !drawn.has(id)).length;
  const isReordered = !same(steady.shown.filter((id) => right.has(id)), wanted.filter((id) => drawn.has(id)));
  return { shown: steady.shown, waiting, isReordered, since };
}

/** The list brought up to date, because the person asked for it. @param {string[]} wanted @returns {Steady} */
export const release = (wanted) => ({ shown: wanted, waiting: 0, isReordered: false, since: null });

/** @param {string[]} a @param {string[]} b */
const same = (a, b) => a.length === b.length && a.every((id, at) => id === b[at]);
