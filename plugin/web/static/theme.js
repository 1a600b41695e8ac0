/** Colours as the host page wishes them: light, dark, and an accent that stays readable. */

/** @typedef {{ mode: "auto" | "light" | "dark", accent: string | null }} Theme */

/** @param {unknown} wish @returns {Theme} */
export function read(wish) {
  const asked = typeof wish === "string" ? { mode: wish } : /** @type {any} */ (wish ?? {});
  const mode = asked.mode === "light" || asked.mode === "dark" ? asked.mode : "auto";
  const accent = typeof asked.accent === "string" && /^#[0-9a-f]{6}$/i.test(asked.accent) ? asked.accent : null;
  return { mode, accent };
}

/** Relative luminance (WCAG 2.2) of `#rrggbb`. @param {string} colour */
export function luminance(colour) {
  const parts = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16) / 255);
  const [red, green, blue] = parts.map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** @param {string} one @param {string} other */
export function contrast(one, other) {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

const PAPERS = { light: "#f3f1ec", dark: "#1f1c18" };

/** The accent, when words in it can be read on our paper; else null, and ours stays. @param {string | null} accent @param {"light" | "dark"} scheme */
export function readableAccent(accent, scheme) {
  return accent && contrast(accent, PAPERS[scheme]) >= 4.5 ? accent : null;
}

/** Show the theme. @param {HTMLElement} root @param {Theme} theme @param {"light" | "dark"} device */
export function show(root, { mode, accent }, device) {
  root.dataset.theme = mode;
  const scheme = mode === "auto" ? device : mode;
  const readable = readableAccent(accent, scheme);
  for (const name of ["--accent", "--accent-ink", "--accent-soft"]) root.style.removeProperty(name);
  if (!readable) return;
  root.style.setProperty("--accent", readable);
  root.style.setProperty("--accent-ink", contrast(readable, "#ffffff") >= 4.5 ? "#ffffff" : "#171512");
  root.style.setProperty("--accent-soft", `color-mix(in srgb, ${readable} 9%, var(--card))`);
}
