// Bundles Lit, licence comments kept, into the file named on the command line, with its types beside it for `tsc --checkJs`.
import { copyFile } from 'node:fs/promises';
import { build } from 'esbuild';

const target = process.argv[2];
const entry = new URL('./lit.js', import.meta.url).pathname;

await build({
  entryPoints: [entry],
  outfile: target,
  bundle: true,
  format: 'esm',
  minify: true,
  target: 'es2021',
  legalComments: 'inline',
  logLevel: 'warning',
});
await copyFile(entry, target.replace(/\.js$/, '.d.ts'));
