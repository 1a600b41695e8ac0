/**
 * All that a host page includes. It puts the panel's frame into the page and hands it a room token when asked:
 *
 *   Sidestage.mount(element, { panelUrl, room, getToken, theme, layout })
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
  const NARROW = "(max-width: 639.98px)";
  /* A sheet reaches 85 % of the page's height at most, is no lower than this once open, and is pulled after so many pixels. */
  const [SHEET_MOST, SHEET_LEAST_PX, PULL_PX, KEYBOARD_PX] = [0.85, 240, 6, 80];

  /**
   * @typedef {{ panelUrl: string, room: string, getToken: () => string | Promise<string>, theme?: unknown, title?: string, isResizable?: boolean,
   *   layout?: "auto" | "inline" | "sheet", sheet?: { leaveFree?: number } }} Options
   */

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

  /** Put on this style and nothing of the one before. @param {HTMLElement} element @param {Record<string, string>} style */
  const dress = (element, style) => {
    element.removeAttribute("style");
    Object.assign(element.style, style);
  };

  const SKIP = { position: "absolute", insetInlineStart: "8px", top: "8px", zIndex: "1" };
  const SKIP_SEEN = { ...SKIP, padding: "8px 16px", background: "CanvasText", color: "Canvas", borderRadius: "8px" };
  const SKIP_UNSEEN = { ...SKIP, width: "1px", height: "1px", overflow: "hidden", clipPath: "inset(50%)", whiteSpace: "nowrap" };
  const FRAME = { border: "0", width: "100%", colorScheme: "auto" };
  const BAR = {
    flex: "none", width: "100%", padding: "0 16px", border: "0", color: "CanvasText", textAlign: "start",
    display: "flex", justifyContent: "space-between", alignItems: "center", gap: "12px", cursor: "pointer",
  };

  /** How everything looks in its place in the page. @param {boolean} isOpen */
  const inline = (isOpen) => ({
    shell: {
      position: "relative", display: "flex", flexDirection: "column", height: isOpen ? "100%" : `${BAR_PX}px`, minHeight: "0", maxWidth: "100%",
    },
    frame: { ...FRAME, flex: "1", minHeight: "0", display: isOpen ? "" : "none" },
    bar: {
      ...BAR, height: isOpen ? "32px" : `${BAR_PX}px`, background: "Canvas", borderTop: "1px solid #8d867a66",
      font: `600 ${isOpen ? 12 : 14}px/1.3 system-ui, sans-serif`,
    },
    verb: { fontWeight: "400", whiteSpace: "nowrap" },
    grip: { display: "none" },
  });

  /**
   * How everything looks as a sheet over the bottom of the page. The frame keeps its size while the sheet slides over it.
   * @param {{ height: number, frameHeight: number, isShown: boolean, isPulled: boolean, bottom: number, isAtEdge: boolean, scheme: string }} now
   */
  const sheet = ({ height, frameHeight, isShown, isPulled, bottom, isAtEdge, scheme }) => {
    const isStill = isPulled || matchMedia("(prefers-reduced-motion: reduce)").matches;
    const safe = (/** @type {string} */ side) => `env(safe-area-inset-${side}, 0px)`;
    return {
      shell: {
        position: "fixed", left: "0", right: "0", zIndex: "1000", display: "flex", flexDirection: "column", overflow: "hidden",
        boxSizing: "content-box", height: `${height}px`, bottom: isAtEdge ? `${bottom}px` : `calc(${bottom}px + ${safe("bottom")})`,
        padding: `0 ${safe("right")} ${isAtEdge ? safe("bottom") : "0px"} ${safe("left")}`, colorScheme: scheme,
        background: "light-dark(#ffffff, #1f1c18)", color: "light-dark(#1d1b18, #f3efe8)", borderRadius: "16px 16px 0 0",
        boxShadow: "0 0 0 1px light-dark(#e4e0d8, #35312a), 0 -6px 24px rgb(0 0 0 / 14%)",
        transition: isStill ? "none" : "height 200ms ease-out, bottom 200ms ease-out",
      },
      frame: {
        ...FRAME, flex: "none", height: `${frameHeight}px`, visibility: isShown ? "visible" : "hidden",
        pointerEvents: isPulled ? "none" : "", transition: isStill ? "none" : "visibility 200ms",
      },
      bar: {
        ...BAR, height: `${BAR_PX}px`, paddingTop: "8px", background: "transparent", color: "inherit", touchAction: "none", userSelect: "none",
        font: "600 14px/1.3 system-ui, sans-serif", outlineOffset: "-4px", borderRadius: "16px 16px 0 0",
      },
      verb: { fontWeight: "600", whiteSpace: "nowrap", padding: "6px 14px", border: "1px solid light-dark(#8d867a, #8a8376)", borderRadius: "999px" },
      grip: {
        position: "absolute", top: "6px", left: "calc(50% - 18px)", width: "36px", height: "4px", borderRadius: "2px",
        background: "light-dark(#8d867a, #8a8376)",
      },
    };
  };

  /** What of the page is free for a sheet: not what must stay free, not what a phone's keyboard covers. @param {number} leaveFree */
  const freeRoom = (leaveFree) => {
    const seen = window.visualViewport;
    const hidden = seen && seen.scale < 1.01 ? window.innerHeight - seen.height - seen.offsetTop : 0;
    const hasKeyboard = hidden > KEYBOARD_PX;
    const bottom = hasKeyboard ? Math.round(hidden) : leaveFree;
    const top = hasKeyboard ? 8 : window.innerHeight * (1 - SHEET_MOST);
    return { bottom, isAtEdge: hasKeyboard || bottom === 0, most: Math.max(BAR_PX, Math.floor(window.innerHeight - top - bottom)) };
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

    const shell = make("section", { "aria-label": options.title || "Questions and answers" });
    const after = make("span", { tabindex: "-1" });
    const skip = /** @type {HTMLAnchorElement} */ (make("a", { href: "#" }, SKIP_UNSEEN));
    skip.textContent = "Skip the questions panel";
    skip.onfocus = () => dress(skip, SKIP_SEEN);
    skip.onblur = () => dress(skip, SKIP_UNSEEN);
    skip.onclick = (event) => {
      event.preventDefault();
      after.focus();
    };
    const frame = /** @type {HTMLIFrameElement} */ (make("iframe", {
      title: options.title || "Questions and answers",
      // Copying a guest link is all the panel asks of the browser; no microphone, no camera, no place.
      allow: "clipboard-write",
      referrerpolicy: "no-referrer",
    }));
    frame.src = source.href;

    const bar = make("button", { type: "button" });
    const [grip, barWords, barVerb] = [make("span", { "aria-hidden": "true" }), make("span"), make("span")];
    bar.append(grip, barWords, barVerb);

    const narrow = matchMedia(NARROW);
    const isSheet = () => options.layout === "sheet" || (options.layout === "auto" && narrow.matches);
    const leaveFree = Math.max(0, Number(options.sheet?.leaveFree) || 0);
    let isCollapsed = Boolean(memory.isCollapsed);
    /* A sheet never covers a page that has just come; it opens to the share of the room that it had last. */
    let isRaised = false;
    let share = Math.min(1, Number(memory.share) || 1);
    /** Where the sheet is while a finger holds it. @type {number | null} */
    let pulled = null;
    let wasPulled = false;

    const isOpen = () => (isSheet() ? isRaised : !isCollapsed);
    const raisedHeight = () => {
      const { most } = freeRoom(leaveFree);
      return Math.min(most, Math.max(SHEET_LEAST_PX, Math.round(share * most)));
    };
    const sheetHeight = () => pulled ?? (isRaised ? raisedHeight() : BAR_PX);
    const scheme = () => {
      const mode = /** @type {any} */ (theme)?.mode ?? theme;
      return mode === "light" || mode === "dark" ? mode : "light dark";
    };
    const looks = () => {
      if (!isSheet()) return inline(!isCollapsed);
      const { bottom, isAtEdge, most } = freeRoom(leaveFree);
      const [isPulled, height] = [pulled !== null, sheetHeight()];
      const frameHeight = (isPulled ? most : raisedHeight()) - BAR_PX;
      return sheet({ height, frameHeight, isShown: isRaised || isPulled, isPulled, bottom, isAtEdge, scheme: scheme() });
    };
    /* The frame itself is never moved in the page: it would load anew. */
    const placeBar = () => {
      const hadFocus = document.activeElement === bar;
      if (isSheet() && frame.previousSibling !== bar) frame.before(bar);
      else if (!isSheet() && frame.nextSibling !== bar) frame.after(bar);
      if (hadFocus) bar.focus();
    };
    const draw = () => {
      placeBar();
      const look = looks();
      dress(shell, look.shell);
      dress(frame, look.frame);
      dress(bar, look.bar);
      dress(barVerb, look.verb);
      dress(grip, look.grip);
      edge.hidden = isSheet();
      skip.hidden = !isOpen();
      if (options.isResizable && !isSheet()) shell.style.width = `${width}px`;
      bar.setAttribute("aria-expanded", String(isOpen()));
      barWords.textContent = (!isOpen() && barText(counts)) || options.title || "Questions and answers";
      barVerb.textContent = isOpen() ? "Close" : "Open";
    };
    const toggle = () => {
      if (isSheet()) isRaised = !isRaised;
      else {
        isCollapsed = !isCollapsed;
        remember({ isCollapsed });
      }
      draw();
    };
    /* Whoever closes the sheet from within stands on its bar again. */
    const lower = () => {
      if (!isSheet() || !isRaised) return;
      toggle();
      bar.focus();
    };
    /** Let the sheet rest at this height, or lie down. @param {number} height */
    const rest = (height) => {
      isRaised = height >= SHEET_LEAST_PX / 2 + BAR_PX;
      if (isRaised) {
        share = Math.min(1, Math.max(SHEET_LEAST_PX, height) / freeRoom(leaveFree).most);
        remember({ share });
      }
      pulled = null;
      draw();
    };
    // The click that ends a pull is none.
    bar.onclick = () => wasPulled || toggle();
    // Words that happen to be selected are not what is pulled.
    bar.onmousedown = (event) => {
      if (!isSheet()) return;
      event.preventDefault();
      bar.focus({ preventScroll: true });
    };
    bar.onpointerdown = (event) => {
      if (!isSheet() || event.button !== 0) return;
      const [from, before] = [event.clientY, sheetHeight()];
      bar.setPointerCapture(event.pointerId);
      bar.onpointermove = (moved) => {
        const by = from - moved.clientY;
        if (pulled === null && Math.abs(by) < PULL_PX) return;
        pulled = Math.min(freeRoom(leaveFree).most, Math.max(BAR_PX, before + by));
        draw();
      };
      bar.onpointerup = bar.onpointercancel = () => {
        bar.onpointermove = bar.onpointerup = bar.onpointercancel = null;
        if (pulled === null) return;
        wasPulled = true;
        setTimeout(() => (wasPulled = false), 300);
        rest(pulled);
      };
    };
    shell.onkeydown = (event) => {
      if (event.key === "Escape") return lower();
      const step = { ArrowUp: 60, ArrowDown: -60 }[event.key];
      if (!step || !isSheet() || event.target !== bar) return;
      event.preventDefault();
      if (isRaised) rest(sheetHeight() + step <= SHEET_LEAST_PX - 60 ? 0 : Math.min(freeRoom(leaveFree).most, sheetHeight() + step));
      else if (step > 0) toggle();
    };
    const redraw = () => draw();
    window.addEventListener("resize", redraw);
    window.visualViewport?.addEventListener("resize", redraw);

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
      if (message.type === "close_wanted") lower();
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
        draw();
      },
      /** Sign in anew, for example after the person behind the page changed. */
      reload() {
        frame.src = source.href;
      },
      open() {
        if (!isOpen()) toggle();
      },
      /** Take the panel out of the page. */
      unmount() {
        window.removeEventListener("message", hear);
        window.removeEventListener("resize", redraw);
        window.visualViewport?.removeEventListener("resize", redraw);
        place.replaceChildren();
      },
    };
  }

  /** @type {any} */ (window).Sidestage = Object.freeze({ mount, protocol: PROTOCOL });
})();
