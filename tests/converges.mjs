/** The panel's own state machine behind a pipe: a bootstrap and frames come in, what must be equal goes out. */

import { createInterface } from "node:readline";

import { apply, comparable, initial } from "../plugin/web/static/store.js";

for await (const line of createInterface({ input: process.stdin })) {
  const { bootstrap, frames } = JSON.parse(line);
  const state = frames.reduce(apply, initial(bootstrap));
  process.stdout.write(`${JSON.stringify(comparable(state))}\n`);
}
