import { type Finding, failed } from '../../source/finding.js';
import type { BuildOutput, BuiltPackage, FrontendDefinition } from './definition.js';
import { directoryOf, matchIn, needsServer, outputOf } from './shared/outputs.js';

/** Astro, where it renders pages at build time. */
export const astro: FrontendDefinition = {
  title: 'Astro',
  doc: 'static sites (`output: "static"`, the default)',
  rank: 4,
  packages: ['astro'],
  commands: ['astro'],
  makers: ['astro'],
  verbs: ['build'],
  writes: { directories: ['--outDir'], takingValue: ['--config', '--root', '--site', '--base', '--mode'] },
  bakes: { prefix: 'PUBLIC_' },
  output,
};

async function output(built: BuiltPackage): Promise<Finding<BuildOutput>> {
  const config = await built.config('astro.config');
  if (matchIn(config, /\boutput:\s*["'](server|hybrid)["']/)) {
    return failed(
      needsServer(config?.path ?? built.path, {
        tool: 'Astro',
        expected: 'output: "static"',
        fix: 'render the pages at build time, which is what Astro does unless told otherwise',
      }),
    );
  }
  return outputOf(built, directoryOf(config, { key: 'outDir' }, built), { title: 'Astro', directory: 'dist' });
}
