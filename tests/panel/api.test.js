/** The panel's HTTP: tokens stay in memory, a lost answer is asked for again, an error becomes a sentence. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { Problem, createApi, newKey } from "../../plugin/web/static/api.js";

const answer = (status, body) => new Response(body === undefined ? null : JSON.stringify(body), { status });
const tokens = (name, seconds = 600) => ({ access_token: name, refresh_token: `${name}-refresh`, expires_in_seconds: seconds });

/** An API whose server answers with these, one after another. */
function against(answers, options = {}) {
  const asked = [];
  const fetch = async (url, init) => {
    asked.push({ url, ...init });
    const next = answers.shift();
    if (next instanceof Error) throw next;
    return typeof next === "function" ? next() : next;
  };
  const sentences = { offline: "Not reached.", unexpected: "Did not work." };
  const api = createApi({ base: "/qa", sentences, fetch, wait: async () => {}, random: () => 0.5, ...options });
  return { api, asked };
}

test("a write carries the token, a key and the version it was made from, and no cookie", async () => {
  const { api, asked } = against([answer(200, { id: "qst_1" })]);
  api.keep(tokens("one"));
  await api.write("POST", "/questions/qst_1/moves", { to: "open" }, { version: 3 });
  const { url, headers, credentials } = asked[0];
  assert.equal(url, "/qa/api/v1/questions/qst_1/moves");
  assert.equal(headers.Authorization, "Bearer one");
  assert.equal(headers["If-Match"], '"3"');
  assert.match(headers["Idempotency-Key"], /^[0-9a-f]{32}$/);
  assert.equal(credentials, "omit");
});

test("a write whose answer was lost is repeated with the same key", async () => {
  const { api, asked } = against([new TypeError("network"), answer(503, {}), answer(201, { id: "qst_1" })]);
  assert.deepEqual(await api.write("POST", "/questions", { text: "Why?" }), { id: "qst_1" });
  assert.equal(new Set(asked.map(({ headers }) => headers["Idempotency-Key"])).size, 1);
  assert.equal(asked.length, 3);
});

test("a server that stays away becomes one sentence", async () => {
  const { api, asked } = against(Array.from({ length: 9 }, () => new TypeError("network")));
  await assert.rejects(api.get("/bootstrap"), (problem) => problem.isOffline && problem.message === "Not reached.");
  assert.equal(asked.length, 4);
});

test("a problem keeps its sentence, code and details, and is not repeated", async () => {
  const body = { code: "stage_taken", detail: "Q14 is on stage.", question: { number: 14 } };
  const { api, asked } = against([answer(409, body)]);
  await assert.rejects(api.write("POST", "/x"), (problem) => {
    assert.ok(problem instanceof Problem);
    assert.deepEqual([problem.status, problem.code, problem.message], [409, "stage_taken", "Q14 is on stage."]);
    return problem.body.question.number === 14;
  });
  assert.equal(asked.length, 1);
});

test("an ended token is renewed once, by one request for all who wait", async () => {
  const { api, asked } = against([answer(401, {}), answer(401, {}), answer(200, tokens("two")), answer(200, "a"), answer(200, "b")]);
  api.keep(tokens("one"));
  assert.deepEqual(await Promise.all([api.get("/a"), api.get("/b")]), ["a", "b"]);
  const refreshes = asked.filter(({ url }) => url.endsWith("/refresh"));
  assert.equal(refreshes.length, 1);
  assert.equal(JSON.parse(refreshes[0].body).refresh_token, "one-refresh");
  assert.equal(asked.at(-1).headers.Authorization, "Bearer two");
});

test("a token about to end is renewed before it is used", async () => {
  const { api, asked } = against([answer(200, tokens("two")), answer(200, {})]);
  api.keep(tokens("one", 0));
  const later = Date.now() + 6000;
  const clock = Date.now;
  Date.now = () => later;
  try {
    await api.get("/bootstrap");
  } finally {
    Date.now = clock;
  }
  assert.deepEqual(asked.map(({ url }) => url), ["/qa/api/v1/panel-sessions/refresh", "/qa/api/v1/bootstrap"]);
});

test("when the refresh token is refused the host page is asked, and without an answer the sign-in has ended", async () => {
  const asksHost = async () => tokens("fresh");
  const first = against([answer(401, {}), answer(401, {}), answer(200, {})], { askHost: asksHost });
  first.api.keep(tokens("one"));
  await first.api.get("/bootstrap");
  assert.equal(first.asked.at(-1).headers.Authorization, "Bearer fresh");
  const second = against([answer(401, {}), answer(401, {})], { askHost: async () => null });
  second.api.keep(tokens("one"));
  await assert.rejects(second.api.get("/bootstrap"), (problem) => problem.status === 401);
});

test("keys are not repeated", () => {
  assert.equal(new Set(Array.from({ length: 1000 }, newKey)).size, 1000);
});
