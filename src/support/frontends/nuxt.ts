import major from 'semver/functions/major.js';
import { defined } from '../../source/defined.js';
import { type Finding, failed, found } from '../../source/finding.js';
import { joinPath } from '../../source/paths.js';
import type { BuildOutput, BuiltPackage, FrontendDefinition } from './definition.js';
import { matchIn, needsServer, staticSite } from './shared/outputs.js';

/** Nuxt, where it generates files. */
export const nuxt: FrontendDefinition = {
  title: 'Nuxt',
  doc: 'generated sites (`nuxt generate`, a static preset, or `ssr: false`)',
  rank: 2,
  packages: ['nuxt', 'nuxi'],
  oldHashesBefore: '2.16.0',
  commands: ['nuxt', 'nuxi'],
  makers: ['nuxt'],
  verbs: ['build', 'generate'],
  output,
};

const GENERATED = 'where Nuxt generates to';

async function output(built: BuiltPackage): Promise<Finding<BuildOutput>> {
  const config = await built.config('nuxt.config');
  const isStatic =
    generates(built.command.join(' ')) || matchIn(config, /preset:\s*["'](static|github-pages)["']/) !== undefined;
  const version = built.versionOf('nuxt');
  const directory = version !== undefined && major(version) === 2 ? 'dist' : '.output/public';
  if (isStatic) return staticSite(built, directory, GENERATED);
  // Every new project has a script that generates; without rendering on a server it is the one to run.
  const [generate] = Object.entries(built.scripts).find(([, text]) => generates(String(text))) ?? [];
  const alone = matchIn(config, /\bssr:\s*false\b|\btarget:\s*["']static["']/);
  if (alone && generate !== undefined) {
    const output = { value: joinPath(built.root, directory), place: alone.place, why: GENERATED };
    return found(defined({ output, buildScript: { value: generate, place: built.placeOf('scripts', generate) } }));
  }
  return failed(
    needsServer(config?.path ?? built.path, {
      tool: 'Nuxt',
      expected: 'a script that runs "nuxt generate"',
      fix: 'write frontend: { script: generate } in quayside.yaml, with "generate": "nuxt generate" in package.json',
    }),
  );
}

function generates(script: string): boolean {
  return /\b(nuxt|nuxi) generate\b/.test(script);
}
