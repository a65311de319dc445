/**
 * Bundles the command line with all that it loads into one directory: `node cli/bundle.mjs OUTDIR`. Loading the SDK and its
 * dependencies file by file costs a second at each start, the bundle a tenth of that. The launcher keeps one per state of the sources,
 * in directories side by side, and falls back to tsx when this fails. Plain JavaScript, so that it needs no loader itself.
 */

import { readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { NEVER_BUNDLED, onlyUsedPartsOfTheSdk } from './sdk-in-bundles.mjs';

const DAY_MS = 86_400_000;

const outdir = resolve(process.argv[2]);
const building = `${outdir}.${process.pid}`;
const root = fileURLToPath(new URL('..', import.meta.url));
const modules = `${root}node_modules${sep}`;

/** Modules read files next to them (docker/, compose/, recipes) by `import.meta.url`: in the bundle that stays the source's address. */
const keepSourceAddresses = {
  name: 'keep-source-addresses',
  setup(builder) {
    builder.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      if (!path.startsWith(root) || path.startsWith(modules)) return undefined;
      const contents = (await readFile(path, 'utf8'))
        .replaceAll(/\bimport\.meta\.url\b/g, JSON.stringify(pathToFileURL(path).href))
        .replaceAll(/\bimport\.meta\.dirname\b/g, JSON.stringify(dirname(path)))
        .replaceAll(/\bimport\.meta\.filename\b/g, JSON.stringify(path));
      return { contents, loader: 'ts' };
    });
  },
};

try {
  await bundle();
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

function bundle() {
  return build({
    absWorkingDir: root,
    entryPoints: ['cli/main.ts'],
    outdir: building,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    keepNames: true,
    sourcemap: 'linked',
    sourcesContent: false,
    legalComments: 'none',
    external: NEVER_BUNDLED,
    logLevel: 'error',
    // Packages in CommonJS call `require` for Node's own modules.
    banner: {
      js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);",
    },
    plugins: [keepSourceAddresses, onlyUsedPartsOfTheSdk],
  });
}
