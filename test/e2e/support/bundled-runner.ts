/** Programs of the tests that call src/dagger in a session: bundled into one file, with Dagger's client, so that they run without this repository. */
import { join } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { ROOT } from '../../engine/cli/quayside-process.js';

/** Bundles a program of this directory into a file, as plain JavaScript. */
export async function bundleRunner(name: 'plan-runner' | 'stage-runner', outfile: string): Promise<void> {
  // Plain JavaScript, which has no types to be imported with.
  const { NEVER_BUNDLED, onlyUsedPartsOfTheSdk }: { NEVER_BUNDLED: string[]; onlyUsedPartsOfTheSdk: Plugin } =
    await import(new URL('../../../cli/sdk-in-bundles.mjs', import.meta.url).href);
  await build({
    entryPoints: [join(ROOT, `test/e2e/support/${name}.ts`)],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    external: NEVER_BUNDLED,
    logLevel: 'error',
    banner: {
      js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);",
    },
    plugins: [onlyUsedPartsOfTheSdk],
  });
}
