/** How programs of this repository become bundles: options of esbuild, but for what goes in and where it goes. */

import { readFile } from 'node:fs/promises';
import { dirname, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { NEVER_BUNDLED, onlyUsedPartsOfTheSdk } from './sdk-in-bundles.mjs';

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

/** Options of esbuild for a bundle of what runs in Node. */
export const BUNDLING = {
  absWorkingDir: root,
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
};
