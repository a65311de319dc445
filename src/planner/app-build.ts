/** Commands that the configuration runs over the app's code while its images are made: what they leave is in all of them. */
import type { Config } from '../config/schema.js';
import type { Facts } from '../detect/facts.js';
import type { Stage } from '../plan/types.js';
import { type Collecting, withSettings } from './django.js';
import { copyFrontend } from './frontend.js';
import { copySource } from './images/source.js';
import { installPackagesOfApp } from './own-packages.js';
import { APP_BUILD, VENV_DIR } from './paths.js';
import { installPackages, shell } from './shell.js';

/** The stage that runs them: as production, with the packages that building needs; none where there are no commands. */
export function appBuildStages(facts: Facts, config: Config, collecting: Collecting): readonly Stage[] {
  const commands = facts.buildCommands?.value;
  if (commands === undefined) return [];
  const { buildCommands: _, ...before } = facts;
  const packages = [...facts.native.flatMap(native => native.build), ...(config.build?.packages ?? [])];
  return [
    {
      id: APP_BUILD,
      base: { kind: 'stage', stage: 'runtime' },
      platform: 'target',
      steps: [
        ...installPackages('install packages of the build commands', packages),
        { kind: 'copy', from: { kind: 'stage', stage: 'python-builder', path: VENV_DIR }, to: VENV_DIR },
        ...installPackagesOfApp(facts),
        ...copyFrontend(facts.frontend, 'before source'),
        ...copySource(before, []),
        ...copyFrontend(facts.frontend, 'behind source'),
        ...commands.map(command => ({
          ...shell(`build: ${command}`, [withSettings(facts, collecting, ['sh', '-ec', command])]),
          fails: { kind: 'app' } as const,
        })),
      ],
    },
  ];
}
