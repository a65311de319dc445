/**
 * Bundles the command line with all that it loads into one file of a directory: `node cli/bundle.mjs OUTDIR`. Loading the SDK and its
 * dependencies file by file costs a second at each start, the bundle a tenth of that. The launcher keeps one per state of the sources,
 * in directories side by side, and falls back to tsx when this fails. Plain JavaScript, so that it needs no loader itself.
 */

import { readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { build } from 'esbuild';
import { BUNDLING } from './bundling.mjs';

const DAY_MS = 86_400_000;

const outdir = resolve(process.argv[2]);
const building = `${outdir}.${process.pid}`;
const main = join(building, 'main.cjs');

/** One script, whose compiled form start.cjs can keep: modules have none in Node.js 20. What is loaded late is still run late. */
const ONE_SCRIPT = { splitting: false, format: 'cjs', banner: {}, minify: true };

try {
  await build({ ...BUNDLING, ...ONE_SCRIPT, entryPoints: ['cli/main.ts'], outfile: main });
  await writeFile(main, inAscii(await readFile(main, 'utf8')));
} catch {
  // esbuild has printed what is wrong.
  process.exit(1);
}

// Two that build at once make the same thing: the second one's is not needed.
await rename(building, outdir).catch(() => rm(building, { recursive: true, force: true }));

// A bundle of earlier sources may belong to a process that still loads parts of it.
for (const name of await readdir(dirname(outdir))) {
  const path = join(dirname(outdir), name);
  const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Date.now() }));
  if (path !== outdir && Date.now() - mtimeMs > DAY_MS) await rm(path, { recursive: true, force: true });
}

/** esbuild leaves regular expressions as they are written. A script in ASCII is read and held at half the cost. */
function inAscii(script) {
  return script.replaceAll(/[^\0-\x7f]/g, unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
