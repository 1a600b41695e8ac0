// What the panel uses of Lit; esbuild turns this into one file that our modules import by relative path.
export { LitElement, html, css, svg, nothing, render } from 'lit';
export { classMap } from 'lit/directives/class-map.js';
export { ifDefined } from 'lit/directives/if-defined.js';
export { keyed } from 'lit/directives/keyed.js';
export { live } from 'lit/directives/live.js';
export { createRef, ref } from 'lit/directives/ref.js';
export { repeat } from 'lit/directives/repeat.js';
