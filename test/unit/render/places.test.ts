/** An app with files of its own in the places of rendered ones: theirs stay, and the rendered ones lead to each other all the same. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { renderApp } from '../../../src/render/eject.js';
import { isTaken, MOVABLE, type Movable, placeOf } from '../../../src/render/places.js';
import { exampleApp, writeRendered } from '../../support/rendered-apps.js';

const render = (taken: readonly Movable[]) => {
  const { plan, source } = exampleApp('django-board');
  return renderApp(plan, { ...source, taken });
};

const CASES: readonly (readonly [string, readonly Movable[]])[] = [
  ['all of them', MOVABLE],
  ...MOVABLE.map(path => [path, [path]] as const),
];

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'quayside-unit-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));
const hasMake = !(await execa('make', ['--version'], { reject: false })).failed;

describe.each(CASES)('with an own %s', (_, taken) => {
  const rendered = render(taken);
  const paths = rendered.map(({ path }) => path);

  it('nothing is rendered in its place, and as much as without', () => {
    expect(paths.filter(path => (taken as readonly string[]).includes(path))).toEqual([]);
    expect(new Set(paths).size).toBe(render([]).length);
  });

  it('images are built from the rendered Dockerfile, by what it may see', () => {
    const dockerfiles = rendered
      .filter(({ path }) => /^compose.*\.yaml$/.test(path))
      .flatMap(({ text }) =>
        Object.values(
          (parse(text, { merge: true }) as { services: Record<string, { build?: { dockerfile?: string } }> }).services,
        ),
      )
      .flatMap(({ build }) => (build ? [build.dockerfile ?? 'Dockerfile'] : []));
    expect(new Set(dockerfiles)).toEqual(new Set([placeOf({ taken }, 'Dockerfile')]));
    expect(paths).toContain(dockerfiles[0]);
    const ignores = placeOf({ taken }, '.dockerignore');
    expect(['.dockerignore', `${dockerfiles[0]}.dockerignore`]).toContain(ignores);
    // BuildKit takes the own one else, where the Dockerfile has its name.
    if (taken.length > 0 && taken[0] !== 'Dockerfile') expect(taken).not.toContain(ignores);
    const ignored = rendered.find(({ path }) => path === ignores)!.text.split('\n');
    for (const path of MOVABLE) expect(ignored).toContain(placeOf({ taken }, path));
  });

  // Skipped where there is no make, whose file it is.
  it.runIf(hasMake)('make reads files that are there', async () => {
    writeRendered(rendered, dir);
    const file = placeOf({ taken }, 'Makefile');
    const all = await execa('make', ['-f', file, '-n', 'up', 'watch', 'prod', 'clean'], { cwd: dir });
    const read = [...all.stdout.matchAll(/ -f (\S+)| < (\S+);/g)].map(found => found[1] ?? found[2]!);
    expect(read.length).toBeGreaterThan(4);
    for (const path of read) expect([path, existsSync(join(dir, path))]).toEqual([path, true]);
    const pages = rendered.filter(({ path }) => path.startsWith('deploy/docs/'));
    for (const { text } of pages)
      for (const [, own = 'Makefile'] of text.matchAll(/(?:^|`)make (?:-f (\S+) )?\w+/gm)) expect(own).toBe(file);
  });
});

it('has Compose taken for no files but the own ones, where there are such', () => {
  const exampleOf = (taken: readonly Movable[]) =>
    render(taken).find(({ path }) => path === placeOf({ taken }, '.env.example'))!.text;
  expect(exampleOf([])).toMatch(/^COMPOSE_FILE=compose.yaml:compose.dev.yaml$/m);
  expect(exampleOf(['compose.dev.yaml'])).toMatch(/^COMPOSE_FILE=compose.yaml:compose.quayside.dev.yaml$/m);
  expect(exampleOf(['compose.yaml'])).not.toContain('COMPOSE_FILE');
});

it('says how make is called to whom a variable is missing', () => {
  const said = (taken: readonly Movable[]) => [
    ...new Set(render(taken).flatMap(({ text }) => [...text.matchAll(/:\?run ([^}]+)\}/g)].map(([, words]) => words))),
  ];
  expect(said([])).toEqual(['make setup']);
  expect(said(['Makefile'])).toEqual(['make -f Makefile.quayside setup']);
});

it('takes none for an own one that was rendered', () => {
  for (const { path, text } of render([]))
    if ((MOVABLE as readonly string[]).includes(path)) expect([path, isTaken(text)]).toEqual([path, false]);
  expect(isTaken('FROM python\n')).toBe(true);
});
