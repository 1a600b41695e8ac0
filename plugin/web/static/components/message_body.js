/** The words of a message: the server's safe token tree drawn as elements, never as markup. */

import { html } from "../vendor/lit.js";

/** @import { BodyNode } from "../objects.d.ts" */

const SAFE_LINK = /^(https?|mailto):/i;

/** @param {BodyNode} node @returns {unknown} */
const inside = (node) => (node.children ?? []).map(drawn);

/** @type {Record<string, (node: BodyNode) => unknown>} */
const DRAWN = {
  paragraph: (node) => html`<p dir="auto">${inside(node)}</p>`,
  list: (node) => html`<ul class="bullets">${inside(node)}</ul>`,
  ordered_list: (node) => html`<ol class="bullets numbered">${inside(node)}</ol>`,
  item: (node) => html`<li dir="auto">${inside(node)}</li>`,
  quote: (node) => html`<blockquote>${inside(node)}</blockquote>`,
  strong: (node) => html`<strong>${inside(node)}</strong>`,
  emphasis: (node) => html`<em>${inside(node)}</em>`,
  strike: (node) => html`<s>${inside(node)}</s>`,
  text: (node) => node.text,
  code: (node) => html`<code>${node.text}</code>`,
  code_block: (node) => html`<pre tabindex="0"><code>${node.text}</code></pre>`,
  mention: (node) => html`<span class="mention">@${(node.text ?? "").replace(/^@/, "")}</span>`,
  break: () => html`<br />`,
  link: (node) =>
    SAFE_LINK.test(node.href ?? "")
      ? html`<a href=${node.href ?? ""} target="_blank" rel="noopener noreferrer nofollow">${inside(node)}</a>`
      : inside(node),
};

/** @param {BodyNode} node */
const drawn = (node) => (DRAWN[node.type] ?? inside)(node);

/** @param {BodyNode[]} body */
export const messageBody = (body) => html`<div class="said">${body.map(drawn)}</div>`;

/** What is on its way has no tree yet: its words as they were typed. @param {string} text */
export const typedBody = (text) =>
  html`<div class="said">${text.split(/\n{2,}/).map((part) => html`<p class="typed" dir="auto">${part}</p>`)}</div>`;
