/** The panel's state: what frames do to it, and what the screens read from it. */

import assert from "node:assert/strict";
import { test } from "node:test";
import * as store from "../../plugin/web/static/store.js";
import { bootstrap, hand, person, push, question, turn } from "./rooms.js";

const after = (state, ...frames) => frames.reduce(store.apply, state);

test("a question that is asked appears, and nothing of the old state is changed", () => {
  const before = store.initial(bootstrap());
  const frozen = structuredClone(before);
  const now = after(before, push(1, { question: question(1) }));
  assert.deepEqual(store.waitingQuestions(now, "top").map(({ id }) => id), ["qst_1"]);
  assert.deepEqual(before, frozen);
});

test("a frame that comes twice, or late, changes nothing", () => {
  const first = push(1, { question: question(1, { text: "new", version: 2 }) });
  const now = after(store.initial(bootstrap()), first);
  assert.equal(after(now, first), now);
  const late = after(now, push(2, { question: question(1, { text: "old", version: 1 }) }));
  assert.equal(late.questions.qst_1.text, "new");
});

test("a tally has no seq and always counts", () => {
  const now = after(store.initial(bootstrap({}, { questions: [question(1)] })), {
    type: "push", channel: "audience:ses_1", name: "qa.tallied", data: { question_id: "qst_1", votes: 7 },
  });
  assert.equal(now.questions.qst_1.votes, 7);
  assert.equal(now.seqs["audience:ses_1"], 0);
});

test("what the audience no longer sees stays with the one who asked it", () => {
  const start = store.initial(bootstrap({}, { questions: [question(1), question(2)], mine: ["qst_1"] }));
  const gone = (id) => ({ removed: { kind: "question", id } });
  const now = after(start, push(1, gone("qst_1")), push(2, gone("qst_2")));
  assert.deepEqual(Object.keys(now.questions), ["qst_1"]);
  const told = after(now, push(1, { question: question(1, { state: "hidden", version: 2 }) }, "asker:ses_1:k"));
  assert.equal(told.questions.qst_1.state, "hidden");
});

test("a question told on the asker's channel is mine", () => {
  const now = after(store.initial(bootstrap()), push(1, { question: question(5, { state: "pending" }) }, "asker:ses_1:k"));
  assert.deepEqual(store.myQuestions(now).map(({ id }) => id), ["qst_5"]);
  assert.equal(store.waitingQuestions(now, "top").length, 1);
});

test("votes that I may see because I voted are not hidden again by the next frame", () => {
  const settings = { moderation: "off", vote_counts: "after_vote", version: 1 };
  const start = store.initial(bootstrap({}, { questions: [question(1, { votes: null })], settings }));
  const voted = store.withVote(store.absorbAnswer(start, question(1, { votes: 4 })), "qst_1", true);
  const now = after(voted, push(1, { question: question(1, { votes: null, state: "queued", rank: "a", version: 2 }) }));
  assert.equal(now.questions.qst_1.votes, 4);
});

test("top breaks ties by age, own questions come first, random is each person's own and steady", () => {
  const questions = [question(1, { votes: 2 }), question(2, { votes: 9 }), question(3, { votes: 2 }), question(4)];
  const state = store.initial(bootstrap({}, { questions, mine: ["qst_4"] }));
  const ids = (sort, seed) => store.waitingQuestions(state, sort, seed).map(({ number }) => number);
  assert.deepEqual(ids("top"), [4, 2, 1, 3]);
  assert.deepEqual(ids("new"), [4, 3, 2, 1]);
  assert.deepEqual(ids("random", "a"), ids("random", "a"));
  const orders = new Set(Array.from({ length: 40 }, (_, seed) => ids("random", `seed ${seed}`).join()));
  assert.equal(orders.size, 6, "every order of three is somebody's");
});

test("ranks are compared letter by letter, and the place in the queue counts those before", () => {
  const questions = [
    question(1, { state: "queued", rank: "a1" }), question(2, { state: "queued", rank: "Zz" }),
    question(3, { state: "queued", rank: "a0V" }),
  ];
  const state = store.initial(bootstrap({}, { questions }));
  assert.deepEqual(store.queue(state).map(({ number }) => number), [2, 3, 1]);
  assert.equal(store.queuePosition(state, "qst_1"), 2);
  assert.equal(store.queuePosition(state, "qst_9"), null);
});

test("hands stand in order, and mine knows its place", () => {
  const state = store.initial(bootstrap({ hands: [hand("Lina", 3), hand("Jun", 1), hand("Ana", 2)] }));
  assert.deepEqual(store.handsInOrder(state).map(({ name }) => name), ["Jun", "Ana", "Lina"]);
  assert.deepEqual([store.myHand(state)?.place, store.myHand(state)?.of], [3, 3]);
});

test("my role follows what the room says of me", () => {
  const now = after(store.initial(bootstrap()), push(1, { participant: person("Lina", "cohost") }));
  assert.ok(store.isHosting(now));
});

test("people who left, and people who listen quietly, are not listed", () => {
  const participants = [person("Hana", "host"), person("Sam", "speaker"), person("Omar", "listener", { is_present: false }),
    person("Mira", "listener", { is_quiet: true }), person("Lina")];
  const { hosts, speakers, listeners } = store.people(store.initial(bootstrap({ participants })));
  assert.deepEqual([hosts, speakers, listeners].map((group) => group.map(({ name }) => name)), [["Hana"], ["Sam"], ["Lina"]]);
});

test("the latest turn of a question counts, and ended ones are not compared", () => {
  const turns = [turn("Lina", "declined", { question_id: "qst_1" }),
    { ...turn("Lina", "invited", { question_id: "qst_1", invited_at: "2026-03-01T14:05:00Z" }), id: "trn_2" }];
  const state = store.initial(bootstrap({ turns }));
  assert.equal(store.turnOfQuestion(state, "qst_1").id, "trn_2");
  assert.deepEqual(Object.keys(store.comparable(state).turns), ["trn_2"]);
  assert.equal(store.myTurn(state)?.id, "trn_2");
});

test("an answer is taken in by the prefix of its id, or by its members as a push", () => {
  const state = store.initial(bootstrap());
  assert.ok(store.absorbAnswer(state, hand("Lina", 1)).hands.hnd_Lina);
  assert.equal(store.absorbAnswer(state, { moderation: "on", vote_counts: "always", version: 2 }).settings.moderation, "on");
  assert.ok(store.absorbAnswer(state, { question: question(3), turn: turn("Lina", "invited") }).turns.trn_Lina);
  assert.equal(store.absorbAnswer(state, null), state);
});
