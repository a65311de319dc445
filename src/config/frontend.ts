/** The Node frontend: the part `frontend` of quayside.yaml. */
import * as z from 'zod';
import { directory, env, off, versionText, word, words } from './values.js';

const frontendOptions = z.strictObject(
  {
    root: directory('a directory such as frontend')
      .describe(
        'Directory of package.json, relative to the source. Default: the one with a build script in or beside the app.',
      )
      .optional(),
    output: directory('a directory such as frontend/dist')
      .describe(
        "Directory the build writes, relative to the source. Default: the bundler's outDir, or dist under root.",
      )
      .optional(),
    script: word('the name of a script in package.json').describe('Script that builds it. Default: build.').optional(),
    commands: words('a list of commands such as ["gulp build"]')
      .describe(
        'Commands of a shell that build it in its directory, in place of a script: programs of its packages are found, and the whole source lies around it.',
      )
      .optional(),
    nodeVersion: versionText('a major version such as "22"')
      .describe('Major version of Node. Default: .nvmrc, engines.node, or 22.')
      .optional(),
    packages: words('a list of Debian packages such as [git]')
      .describe('Debian packages that installing its packages and building it take, beyond the detected ones.')
      .optional(),
    env: env
      .describe('Environment variables while it is built: what ends up in files for browsers. Not for secrets.')
      .optional(),
  },
  { error: 'false, or a mapping with root, output, script, commands, nodeVersion, packages and env' },
);

export const frontend = z
  .union([off, frontendOptions], {
    error: 'false, or a mapping with root, output, script, commands, nodeVersion, packages and env',
  })
  .describe('The Node frontend; false: there is none to build.');
