/**
 * All that a host page includes. It puts the panel's frame into the page and hands it a room token when asked:
 *
 *   Sidestage.mount(element, { panelUrl, room, getToken, theme })
 *
 * `getToken()` gives a fresh token for the person who looks, or a promise of one; it is called at every sign-in.
 * No dependency, nothing global but `Sidestage`, nothing read from the page.
 */
(() => {
  "use strict";

  const PROTOCOL = "sidestage/1";
  const BAR_PX = 56;
  const [LEAST_PX, USUAL_PX, MOST_PX] = [320, 400, 960];
  const MEMORY = "sidestage.frame";

  /** @typedef {{ panelUrl: string, room: string, getToken: () => string | Promise<string>, theme?: unknown, title?: string, isResizable?: boolean }} Options */

  const remembered = () => {
    try {
      return JSON.parse(localStorage.getItem(MEMORY) || "{}") || {};
    } catch {
      return {};
    }
  };
  /** @param {Record<string, unknown>} change */
  const remember = (change) => {
    try {
      localStorage.setItem(MEMORY, JSON.stringify({ ...remembered(), ...change }));
    } catch {
      // A page without storage simply forgets.
    }
  };

  /** @param {string} name @param {Record<string, string>} [attributes] @param {Record<string, string>} [style] */
  const make = (name, attributes = {}, style = {}) => {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    Object.assign(element.style, style);
    return element;
  };

  /** @param {any} counts */
  const barText = (counts) => {
    if (counts.is_invited) return "You are invited on stage";
    if (counts.is_on_stage) return "You are on stage";
    const parts = [[counts.questions, "question"], [counts.hands, "hand"], [counts.review, "to review"]];
    return parts
      .filter(([count]) => Number(count) > 0)
      .map(([count, word]) => `${Number(count)} ${word}${Number(count) === 1 || word === "to review" ? "" : "s"}`)
      .join(" · ");
  };

  /** @param {HTMLElement} place @param {Options} options */
  function mount(place, options) {
    const source = new URL(options.panelUrl, location.href);
    const origin = source.origin;
    const memory = remembered();
    let theme = options.theme;
    /** @type {any} */
    let counts = {};

    const shell = make("section", { "aria-label": options.title || "Questions and answers" }, {
      position: "relative", display: "flex", flexDirection: "column", height: "100%", minHeight: "0", maxWidth: "100%",
    });
    const after = make("span", { tabindex: "-1" });
    const skip = /** @type {HTMLAnchorElement} */ (make("a", { href: "#" }, {
      position: "absolute", insetInlineStart: "8px", top: "-60px", zIndex: "1", padding: "8px 16px",
      background: "CanvasText", color: "Canvas", borderRadius: "8px",
    }));
    skip.textContent = "Skip the questions panel";
    skip.onfocus = () => (skip.style.top = "8px");
    skip.onblur = () => (skip.style.top = "-60px");
    skip.onclick = (event) => {
      event.preventDefault();
      after.focus();
    };
    const frame = /** @type {HTMLIFrameElement} */ (make("iframe", {
      title: options.title || "Questions and answers",
      // Copying a guest link is all the panel asks of the browser; no microphone, no camera, no place.
      allow: "clipboard-write",
      referrerpolicy: "no-referrer",
    }, { border: "0", width: "100%", flex: "1", minHeight: "0", colorScheme: "auto" }));
    frame.src = source.href;

    const bar = make("button", { type: "button", "aria-expanded": "true" }, {
      flex: "none", height: `${BAR_PX}px`, width: "100%", padding: "0 16px", border: "0", borderTop: "1px solid #8d867a66",
      background: "Canvas", color: "CanvasText", font: "600 14px/1.3 system-ui, sans-serif", textAlign: "start",
      display: "flex", justifyContent: "space-between", alignItems: "center", gap: "12px", cursor: "pointer",
    });
    const [barWords, barVerb] = [make("span"), make("span", {}, { fontWeight: "400", whiteSpace: "nowrap" })];
    bar.append(barWords, barVerb);

    let isCollapsed = Boolean(memory.isCollapsed);
    const draw = () => {
      frame.style.display = isCollapsed ? "none" : "";
      shell.style.height = isCollapsed ? `${BAR_PX}px` : "100%";
      bar.setAttribute("aria-expanded", String(!isCollapsed));
      barWords.textContent = (isCollapsed && barText(counts)) || options.title || "Questions and answers";
      barVerb.textContent = isCollapsed ? "Open" : "Close";
      bar.style.height = isCollapsed ? `${BAR_PX}px` : "32px";
      bar.style.fontSize = isCollapsed ? "14px" : "12px";
    };
    bar.onclick = () => {
      isCollapsed = !isCollapsed;
      remember({ isCollapsed });
      draw();
    };

    const tell = (/** @type {string} */ type, /** @type {Record<string, unknown>} */ members) =>
      frame.contentWindow && frame.contentWindow.postMessage({ protocol: PROTOCOL, type, ...members }, origin);

    const signIn = async () => {
      const token = await options.getToken();
      tell("sign_in", { room: options.room, token, theme });
    };

    /** @param {MessageEvent} event */
    const hear = (event) => {
      const message = event.data;
      if (event.source !== frame.contentWindow || event.origin !== origin) return;
      if (message === null || typeof message !== "object" || message.protocol !== PROTOCOL) return;
      if (message.type === "token_wanted") signIn().catch(() => {});
      if (message.type === "counts") {
        counts = message;
        draw();
      }
    };
    window.addEventListener("message", hear);

    const edge = make("div", { role: "separator", "aria-orientation": "vertical", "aria-label": "Width of the panel", tabindex: "0" }, {
      position: "absolute", insetInlineStart: "-4px", top: "0", bottom: "0", width: "8px", cursor: "ew-resize", touchAction: "none",
    });
    let width = Math.min(MOST_PX, Math.max(LEAST_PX, Number(memory.width) || USUAL_PX));
    const widen = (/** @type {number} */ wanted) => {
      width = Math.min(MOST_PX, Math.max(LEAST_PX, Math.round(wanted)));
      shell.style.width = `${width}px`;
      edge.setAttribute("aria-valuenow", String(width));
      edge.setAttribute("aria-valuemin", String(LEAST_PX));
      edge.setAttribute("aria-valuemax", String(MOST_PX));
    };
    const towards = () => (getComputedStyle(shell).direction === "rtl" ? -1 : 1);
    edge.onpointerdown = (event) => {
      const [from, before] = [event.clientX, width];
      edge.setPointerCapture(event.pointerId);
      frame.style.pointerEvents = "none";
      edge.onpointermove = (moved) => widen(before + (from - moved.clientX) * towards());
      edge.onpointerup = edge.onpointercancel = () => {
        edge.onpointermove = null;
        frame.style.pointerEvents = "";
        remember({ width });
      };
    };
    edge.onkeydown = (event) => {
      const step = { ArrowLeft: 20, ArrowRight: -20 }[event.key];
      if (!step) return;
      widen(width + step * towards());
      remember({ width });
    };

    shell.append(skip, frame, bar);
    if (options.isResizable) {
      shell.append(edge);
      widen(width);
    }
    place.replaceChildren(shell, after);
    draw();

    return {
      /** Show other colours: "light", "dark", "auto" or { mode, accent }. @param {unknown} wish */
      setTheme(wish) {
        theme = wish;
        tell("theme", { theme });
      },
      /** Sign in anew, for example after the person behind the page changed. */
      reload() {
        frame.src = source.href;
      },
      open() {
        if (isCollapsed) bar.click();
      },
      /** Take the panel out of the page. */
      unmount() {
        window.removeEventListener("message", hear);
        place.replaceChildren();
      },
    };
  }

  /** @type {any} */ (window).Sidestage = Object.freeze({ mount, protocol: PROTOCOL });
})();
