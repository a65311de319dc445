import { type Finding, failed } from '../../source/finding.js';
import { joinPath } from '../../source/paths.js';
import type { BuildOutput, BuiltPackage, FrontendDefinition } from './definition.js';
import { directoryOf, matchIn, needsServer, outputOf } from './shared/outputs.js';

/** React Router as a framework, where it builds a single-page app: as a library it leaves the build to others. */
export const reactRouter: FrontendDefinition = {
  title: 'React Router',
  doc: 'as a framework with `ssr: false`',
  rank: 6,
  packages: ['@react-router/dev'],
  commands: ['react-router'],
  makers: ['@react-router/dev'],
  verbs: ['build'],
  bakes: { prefix: 'VITE_' },
  output,
};

const CONFIG = 'react-router.config';

async function output(built: BuiltPackage): Promise<Finding<BuildOutput>> {
  const config = await built.config(CONFIG);
  if (!matchIn(config, /\bssr:\s*false\b/)) {
    return failed(
      needsServer(config?.path ?? built.path, {
        tool: 'React Router',
        expected: 'ssr: false',
        fix: `write ssr: false in ${config?.path ?? joinPath(built.root, `${CONFIG}.ts`)}, which builds a single-page app`,
      }),
    );
  }
  const directory = directoryOf(config, { key: 'buildDirectory' }, built);
  // Beside what browsers load lies what renders the one page while it is built.
  const client =
    directory && directory !== 'unknown' ? { ...directory, value: `${directory.value}/client` } : directory;
  return outputOf(built, client, { title: 'React Router', directory: 'build/client' });
}
