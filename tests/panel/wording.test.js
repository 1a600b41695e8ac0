/** The message table: every key is used, every used key exists, plurals and directions come out right. */

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { KEYS, t } from "../../plugin/web/static/messages.js";
import { fill } from "../../plugin/web/static/wording.js";

const STATIC = new URL("../../plugin/web/static/", import.meta.url);
const modules = readdirSync(STATIC, { recursive: true })
  .map(String)
  .filter((name) => name.endsWith(".js") && !name.startsWith("vendor") && name !== "messages.js" && name !== "embed.js");
const source = modules.map((name) => readFileSync(new URL(name, STATIC), "utf8")).join("\n");

test("every key that the code names is in the table", () => {
  const groups = new Set(KEYS.map((key) => key.split(".")[0]));
  const named = [...source.matchAll(/["'`]([a-z]+\.[a-z_]+)["'`]/g)].map(([, key]) => key);
  const missing = named.filter((key) => groups.has(key.split(".")[0]) && !KEYS.includes(key));
  assert.deepEqual(missing.filter((key) => !key.startsWith("panel.state")), []);
});

test("every key in the table is used", () => {
  const patterns = [...source.matchAll(/`([a-z]+\.[a-z_]*)\$\{/g)].map(([, start]) => start);
  const choices = [...source.matchAll(/#choice\("([a-z_]+)"/g)].map(([, name]) => `settings.${name}_`);
  const starts = [...patterns, ...choices].filter((start) => start.split(".")[1]);
  const whole = [...patterns].filter((start) => !start.split(".")[1]);
  const isUsed = (key) => source.includes(`"${key}"`) || starts.some((start) => key.startsWith(start)) || whole.some((start) => key.startsWith(start));
  assert.deepEqual(KEYS.filter((key) => !isUsed(key)), []);
});

test("plurals, ordinals and choices", () => {
  assert.equal(t("list.new", { count: 1 }), "1 new question");
  assert.equal(t("list.new", { count: 1500 }), "1,500 new questions");
  assert.deepEqual([1, 2, 3, 4, 11, 21].map((place) => t("hand.place", { place, of: 30 }).match(/\d+\w\w/)?.[0]),
    ["1st", "2nd", "3rd", "4th", "11th", "21st"]);
  assert.equal(t("desk.spoke", { count: 0 }), "has not spoken");
  assert.equal(t("settings.session_now", { state: "live" }), "The session is live.");
  assert.equal(t("settings.session_now", { state: "archived" }), "The session is closed.");
});

test("a name that runs the other way cannot turn its neighbours", () => {
  assert.equal(fill("{name} asks", { name: "ليلى" }, "en"), "\u2068ليلى\u2069 asks");
  assert.equal(fill("{name} asks", { name: "Lina {count}" }, "en"), "Lina {count} asks");
});

test("no sentence of the machine shouts", () => {
  assert.deepEqual(KEYS.filter((key) => t(key).includes("!")), []);
});
