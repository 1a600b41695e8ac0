/** The live connection: it resumes where it stopped, notices silence, and comes back without a crowd. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { LiveSocket } from "../../plugin/web/static/socket.js";

/** A connection whose other end and whose clock are in the test's hands. */
function connect({ channels = [{ name: "audience:1", seq: 5 }], ticket = async () => "T" } = {}) {
  const sockets = [];
  const timers = new Set();
  const log = { pushes: [], gaps: [], statuses: [], stops: [] };
  class Socket {
    constructor(url, protocols) {
      Object.assign(this, { url, protocols, readyState: 1, sent: [] });
      sockets.push(this);
    }
    send(text) {
      this.sent.push(JSON.parse(text));
    }
    close() {
      this.readyState = 3;
    }
    tell(frame) {
      this.onmessage({ data: JSON.stringify(frame) });
    }
  }
  const clock = {
    time: 0,
    now: () => clock.time,
    later: (run, ms) => {
      const timer = { run, at: clock.time + ms };
      timers.add(timer);
      return timer;
    },
    cancel: (timer) => timers.delete(timer),
  };
  const live = new LiveSocket({
    url: () => "wss://x/socket", ticket, Socket, clock, random: () => 0.5,
    onPush: (push) => log.pushes.push(push.seq ?? null), onGap: (channel) => log.gaps.push(channel),
    onStatus: (status) => log.statuses.push(status), onStop: (reason) => log.stops.push(reason),
  });
  live.follow(channels);
  live.start();
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  const pass = async (ms) => {
    clock.time += ms;
    for (const timer of [...timers]) {
      if (timer.at > clock.time) continue;
      timers.delete(timer);
      timer.run();
    }
    await settle();
  };
  return { live, sockets, log, settle, pass, timers, clock };
}

async function online(given) {
  const it = connect(given);
  await it.settle();
  const socket = it.sockets[0];
  socket.onopen();
  socket.tell({ type: "welcome", version: 1, heartbeat_seconds: 20 });
  for (const [name, seq] of it.live.held) socket.tell({ type: "subscribed", channel: name, seq });
  return { ...it, socket };
}

const push = (seq, channel = "audience:1") => ({ type: "push", channel, seq, name: "x", data: {} });

test("the ticket travels in the protocols, never in the address; then hello, then subscribe from the held seq", async () => {
  const { socket, live } = await online();
  assert.deepEqual(socket.protocols, ["sidestage.v1", "ticket.T"]);
  assert.ok(!socket.url.includes("T"));
  assert.deepEqual(socket.sent, [
    { type: "hello", version: 1 },
    { type: "subscribe", channels: [{ name: "audience:1", seq: 5 }] },
  ]);
  assert.equal(live.status, "online");
});

test("it is not online before every channel has caught up", async () => {
  const it = connect();
  await it.settle();
  const [socket] = it.sockets;
  socket.onopen();
  socket.tell({ type: "welcome", version: 1, heartbeat_seconds: 20 });
  socket.tell({ type: "subscribed", channel: "audience:1", seq: 7 });
  assert.equal(it.live.status, "catching_up");
  for (const seq of [6, 7]) socket.tell(push(seq));
  socket.tell({ type: "caught_up", channel: "audience:1", seq: 7 });
  assert.deepEqual([it.live.status, it.log.pushes], ["online", [6, 7]]);
});

test("a hole is asked for again, and frames that come twice are ignored", async () => {
  const { socket, log } = await online();
  for (const seq of [6, 6, 8]) socket.tell(push(seq));
  assert.deepEqual(log.pushes, [6]);
  assert.deepEqual(socket.sent.at(-1), { type: "subscribe", channels: [{ name: "audience:1", seq: 6 }] });
  const asked = socket.sent.length;
  socket.tell(push(9));
  assert.equal(socket.sent.length, asked, "asked once, not for every frame that follows");
  for (const seq of [7, 8, 9]) socket.tell(push(seq));
  assert.deepEqual(log.pushes, [6, 7, 8, 9]);
});

test("a heartbeat that names more than we hold is a hole, too", async () => {
  const { socket } = await online();
  socket.tell({ type: "heartbeat", channels: { "audience:1": 6 } });
  assert.deepEqual(socket.sent.at(-1), { type: "subscribe", channels: [{ name: "audience:1", seq: 5 }] });
});

test("a gap asks for everything anew and goes on after its seq", async () => {
  const { socket, log } = await online();
  socket.tell({ type: "gap", channel: "audience:1", seq: 90 });
  socket.tell(push(91));
  assert.deepEqual([log.gaps, log.pushes], [["audience:1"], [91]]);
});

test("silence is questioned, then the connection is given up and made anew with the held seq", async () => {
  const { socket, live, pass, sockets } = await online();
  socket.tell(push(6));
  await pass(25_000);
  assert.deepEqual(socket.sent.at(-1), { type: "ping" });
  await pass(5_000);
  assert.equal(live.status, "offline");
  await pass(500);
  assert.equal(sockets.length, 2);
  sockets[1].onopen();
  sockets[1].tell({ type: "welcome", version: 1, heartbeat_seconds: 20 });
  assert.deepEqual(sockets[1].sent.at(-1), { type: "subscribe", channels: [{ name: "audience:1", seq: 6 }] });
});

test("a restart spreads the return over the window that the server named", async () => {
  const { socket, timers, clock } = await online();
  socket.tell({ type: "bye", code: 1012, reason: "", reconnect_within_seconds: 40 });
  socket.onclose({ code: 1012 });
  assert.deepEqual([...timers].map(({ at }) => at - clock.time), [20_000]);
});

test("each failure widens the window, up to half a minute", async () => {
  const { socket, timers, clock, pass, sockets } = await online({ ticket: undefined });
  socket.onclose({ code: 1006 });
  const waits = [];
  for (let round = 0; round < 9; round += 1) {
    const wait = [...timers][0].at - clock.time;
    waits.push(wait);
    await pass(wait);
    sockets.at(-1).onclose({ code: 1006 });
  }
  assert.deepEqual(waits, [250, 500, 1000, 2000, 4000, 8000, 15000, 15000, 15000]);
});

test("a sign-in that has ended stops it; it does not knock for ever", async () => {
  const { socket, log, timers } = await online();
  socket.onclose({ code: 4001 });
  assert.deepEqual([log.stops, timers.size], [["signed_out"], 0]);
});

test("what was revoked is forgotten and rights are read anew", async () => {
  const { socket, log, live } = await online();
  socket.tell({ type: "error", code: "revoked", channel: "audience:1", message: "" });
  socket.tell(push(6));
  assert.deepEqual([log.gaps, log.pushes, live.held.size], [["audience:1"], [], 0]);
});

test("other channels are followed without a new connection", async () => {
  const { socket, live } = await online();
  live.follow([{ name: "backstage:1", seq: 2 }]);
  assert.deepEqual(socket.sent.slice(-2), [
    { type: "unsubscribe", channel: "audience:1" },
    { type: "subscribe", channels: [{ name: "backstage:1", seq: 2 }] },
  ]);
});
