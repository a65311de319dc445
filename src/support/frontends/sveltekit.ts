import { type Finding, failed } from '../../source/finding.js';
import type { BuildOutput, BuiltPackage, FrontendDefinition } from './definition.js';
import { directoryOf, needsServer, outputOf, staticSite } from './shared/outputs.js';

/** SvelteKit with its static adapter. */
export const sveltekit: FrontendDefinition = {
  title: 'SvelteKit',
  doc: 'with @sveltejs/adapter-static',
  rank: 3,
  packages: ['@sveltejs/kit'],
  commands: [],
  makers: ['@sveltejs/kit'],
  through: ['vite'],
  verbs: ['build'],
  bakes: { prefix: 'PUBLIC_', module: '$env/static/public' },
  output,
};

async function output(built: BuiltPackage): Promise<Finding<BuildOutput>> {
  const config = await built.config('svelte.config');
  if (!built.has('@sveltejs/adapter-static')) {
    return failed(
      needsServer(config?.path ?? built.path, {
        tool: 'SvelteKit',
        expected: '@sveltejs/adapter-static',
        fix: 'use adapter-static with a fallback page, as for a single-page app',
      }),
    );
  }
  const pages = directoryOf(config, { key: 'pages', within: 'adapter' }, built);
  return pages
    ? outputOf(built, pages, { title: 'SvelteKit', directory: 'build' })
    : staticSite(built, 'build', "where SvelteKit's static adapter builds to");
}
