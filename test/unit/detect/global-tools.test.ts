/** Programs that a frontend's build runs, and that its own container installs for the whole machine. */
import { describe, expect, it } from 'vitest';
import { makePlan } from '../../../src/planner/make-plan.js';
import { detectFiles, type Files, FLASK, withFiles } from './apps.js';

const app = (install: string, more: Files = {}): Files =>
  withFiles(FLASK, {
    'package.json': JSON.stringify({
      scripts: { build: 'sass scss/main.scss shop/static/main.css' },
      devDependencies: { bootstrap: '5.3.8' },
    }),
    'package-lock.json': JSON.stringify({
      lockfileVersion: 3,
      packages: { 'node_modules/bootstrap': { version: '5.3.8' } },
    }),
    'scss/main.scss': 'a { b { color: red } }\n',
    'extras/docker/Dockerfile': `FROM python:3.13\nRUN apt-get update \\\n  && ${install}\n`,
    ...more,
  });

async function installed(files: Files): Promise<readonly string[]> {
  const { facts, diagnostics } = await detectFiles(files);
  expect(diagnostics).toEqual([]);
  const steps = makePlan(facts!, {}).stages.flatMap(({ id, steps }) => (id === 'frontend' ? steps : []));
  return steps.flatMap(step => (step.kind === 'script' && step.title.startsWith('install ') ? [step.title] : []));
}

describe('a program that no package brings', () => {
  it.each<readonly [string, Files, readonly string[]]>([
    ['with npm', app('npm install -g sass'), ['install sass']],
    ['with a version, among others', app('npm i --global yarn sass@1.80.0 gulp-cli'), ['install sass@1.80.0']],
    ['with yarn', app('yarn global add sass'), ['install sass']],
    ['nowhere', app('npm install sass'), []],
    ['by a variable', app('npm install -g $SASS'), []],
    [
      'and that a package brings all the same',
      app('npm install -g sass', {
        'package.json': JSON.stringify({
          scripts: { build: 'sass a shop/static/b.css' },
          devDependencies: { sass: '1.0.0' },
        }),
        'package-lock.json': JSON.stringify({
          lockfileVersion: 3,
          packages: { 'node_modules/sass': { version: '1.0.0' } },
        }),
      }),
      [],
    ],
  ])('is installed as its container installs it: %s', async (_, files, expected) => {
    expect(await installed(files)).toEqual(expected);
  });
});
