/** What a line that begins with a slash means, in the hosts' composer; plain functions, no DOM. */

import * as acts from "./acts.js";
import { t } from "./messages.js";
import * as store from "./store.js";

/** @import { Panel } from "./panel.js" */
/** @import { State } from "./objects.d.ts" */
/** @typedef {{ text: string, cards: {type: string, id: string}[] }} Outgoing */
/** @typedef {{ sentence?: string, send?: Outgoing, run?: () => unknown }} Meaning */
/** @typedef {{ word: string, example: string, key: import("./messages.js").Key, mean: (state: State, rest: string, panel: Panel) => Meaning }} Command */

/** @type {Command[]} */
export const COMMANDS = [
  { word: "q", example: "/q 17", key: "slash.q", mean: question },
  { word: "who", example: "/who Lina", key: "slash.who", mean: who },
  { word: "next", example: "/next", key: "slash.next", mean: (_state, _rest, panel) => ({ run: () => acts.next(panel) }) },
];

/** The commands that a line may become. @param {string} line @returns {Command[]} */
export function suggested(line) {
  const typed = /^\/(\w*)$/.exec(line)?.[1];
  return typed === undefined ? [] : COMMANDS.filter(({ word }) => word.startsWith(typed.toLowerCase()));
}

/** @param {string} line */
export const isCommand = (line) => /^\/\w/.test(line);

/** What a line asks for. @param {Panel} panel @param {string} line @returns {Meaning} */
export function meaning(panel, line) {
  const [, word, rest] = /^\/(\w+)\s*([\s\S]*)$/.exec(line.trim()) ?? [];
  const command = COMMANDS.find((one) => one.word === word?.toLowerCase());
  if (!command || !panel.state) return { sentence: t("slash.unknown", { word: `/${word ?? ""}` }) };
  return command.mean(panel.state, rest, panel);
}

/** @param {State} state @param {string} rest @returns {Meaning} */
function question(state, rest) {
  const [, number = "", words = ""] = /^[Qq]?(\d+)?\s*([\s\S]*)$/.exec(rest) ?? [];
  const found = Object.values(state.questions).find((one) => String(one.number) === number);
  if (!found) return { sentence: t("slash.no_question", { word: number || "…" }) };
  return { send: { text: words.trim(), cards: [{ type: "question", id: found.id }] } };
}

/** @param {State} state @param {string} rest @returns {Meaning} */
function who(state, rest) {
  const wanted = rest.trim().replace(/^@/, "").toLowerCase();
  const { hosts, speakers, listeners } = store.people(state);
  const all = wanted ? [...hosts, ...speakers, ...listeners] : [];
  const exact = all.filter(({ name }) => name.toLowerCase() === wanted);
  const found = exact.length ? exact : all.filter(({ name }) => name.toLowerCase().startsWith(wanted));
  if (!found.length) return { sentence: t("slash.no_person", { word: rest.trim() || "…" }) };
  if (found.length > 1) return { sentence: t("slash.many_people", { word: rest.trim() }) };
  return { send: { text: "", cards: [{ type: "person", id: found[0].id }] } };
}
