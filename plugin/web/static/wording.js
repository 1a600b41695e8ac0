/** The small part of ICU messages that the panel needs: `{name}`, `plural`, `selectordinal` and `select`. */

/** @typedef {Record<string, string | number>} Params */

const RIGHT_TO_LEFT = /[\u0590-\u08FF\uFB1D-\uFDFF\uFE70-\uFEFC]/;

/**
 * The message with its places filled.
 * @param {string} message @param {Params} params @param {string} locale @returns {string}
 */
export function fill(message, params, locale) {
  let text = "";
  for (let at = 0; at < message.length; at += 1) {
    if (message[at] !== "{") {
      text += message[at];
      continue;
    }
    const end = closing(message, at);
    text += place(message.slice(at + 1, end), params, locale);
    at = end;
  }
  return text;
}

/** @param {string} message @param {number} open */
function closing(message, open) {
  let depth = 0;
  for (let at = open; at < message.length; at += 1) {
    if (message[at] === "{") depth += 1;
    if (message[at] === "}") depth -= 1;
    if (depth === 0) return at;
  }
  throw new Error(`A brace is open in: ${message}`);
}

/** @param {string} body @param {Params} params @param {string} locale */
function place(body, params, locale) {
  const [, name, kind, branches] = /^(\w+)(?:,\s*(\w+)\s*,\s*(.*))?$/s.exec(body) ?? [];
  const value = params[name];
  if (!kind) return isolated(value, locale);
  const choices = parsed(branches);
  const chosen = choices[`=${value}`] ?? choices[category(kind, value, locale)] ?? choices.other ?? "";
  return fill(chosen.replaceAll("#", isolated(value, locale)), params, locale);
}

/** @param {string} kind @param {string | number} value @param {string} locale */
function category(kind, value, locale) {
  if (kind === "select") return String(value);
  const type = kind === "selectordinal" ? "ordinal" : "cardinal";
  return new Intl.PluralRules(locale, { type }).select(Number(value));
}

/** @param {string} branches @returns {Record<string, string>} */
function parsed(branches) {
  /** @type {Record<string, string>} */
  const choices = {};
  for (let rest = branches.trim(); rest; ) {
    const open = rest.indexOf("{");
    const end = closing(rest, open);
    choices[rest.slice(0, open).trim()] = rest.slice(open + 1, end);
    rest = rest.slice(end + 1).trim();
  }
  return choices;
}

/** A number in the reader's figures; a text that runs the other way, kept from turning its neighbours. @param {string | number | undefined} value @param {string} locale */
function isolated(value, locale) {
  if (typeof value === "number") return new Intl.NumberFormat(locale).format(value);
  const text = value ?? "";
  return RIGHT_TO_LEFT.test(text) ? `\u2068${text}\u2069` : text;
}
