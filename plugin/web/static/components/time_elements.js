/** `<time-ago at>` and `<time-count from|until>`: times that keep themselves right without redrawing anything else. */

import { clockFace, exact, millis, now, spoken } from "../time.js";

/** @type {Set<{ tick: () => void }>} */
const living = new Set();
setInterval(() => {
  for (const element of living) element.tick();
}, 1000);

class Ticking extends HTMLElement {
  connectedCallback() {
    living.add(this);
    this.tick();
  }

  disconnectedCallback() {
    living.delete(this);
  }

  attributeChangedCallback() {
    if (this.isConnected) this.tick();
  }

  tick() {}
}

/** "3 min"; the whole instant on hover and for a screen reader. */
class TimeAgo extends Ticking {
  static observedAttributes = ["at"];
  drawnAt = "";
  drawn = "";

  tick() {
    const at = this.getAttribute("at") ?? "";
    const text = spoken(at);
    if (this.drawnAt === at && this.drawn === text) return;
    this.drawnAt = at;
    this.drawn = text;
    const time = document.createElement("time");
    time.dateTime = at;
    time.title = text && exact(at);
    const seen = document.createElement("span");
    seen.ariaHidden = "true";
    seen.textContent = text;
    const heard = document.createElement("span");
    heard.className = "unseen";
    heard.textContent = time.title;
    time.append(seen, heard);
    this.replaceChildren(time);
  }
}

/** "0:48" up from an instant, or down to one; says `done` once when it has come down. */
class TimeCount extends Ticking {
  static observedAttributes = ["from", "until"];
  drawn = "";
  doneFor = "";

  tick() {
    const until = this.getAttribute("until");
    const seconds = until ? (millis(until) - now()) / 1000 : (now() - millis(this.getAttribute("from"))) / 1000;
    const text = Number.isNaN(seconds) ? "" : clockFace(until ? Math.ceil(seconds) : seconds);
    if (this.drawn !== text) this.textContent = this.drawn = text;
    if (until && seconds <= 0 && this.doneFor !== until) {
      this.doneFor = until;
      this.dispatchEvent(new CustomEvent("done", { bubbles: true }));
    }
  }
}

customElements.define("time-ago", TimeAgo);
customElements.define("time-count", TimeCount);
