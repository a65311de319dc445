import { parse } from 'smol-toml';
import { describe, expect, it } from 'vitest';
import { NOT_CONFIGURED } from '../../../src/config/load.js';
import { explained } from '../../../src/detect/explain/sections.js';
import { formatPlace } from '../../../src/diagnostics/place.js';
import { makePlan } from '../../../src/planner/make-plan.js';
import { pipfileHash } from '../../../src/support/managers/python/shared/pipfile-hash.js';
import { detectFiles, type Files, FLASK, poetryApp, withFiles } from './apps.js';

const PYPROJECT = '[project]\nname = "shop"\nrequires-python = ">=3.11"\ndependencies = ["flask", "gunicorn"]\n';
const UV_LOCK = `version = 1
requires-python = ">=3.11"

[[package]]
name = "shop"
source = { virtual = "." }

[package.metadata]
requires-dist = [{ name = "flask" }, { name = "gunicorn" }]
`;
const locked = (pyproject: string, files: Files): Files =>
  withFiles(FLASK, { 'requirements.txt': undefined, 'pyproject.toml': pyproject, ...files });
const LEFT_TO_ITS_BUILD = locked(
  PYPROJECT.replace(
    /dependencies = .*/,
    'dynamic = ["dependencies"]\n[tool.setuptools.dynamic]\ndependencies = { file = ["needed.in"] }',
  ),
  { 'needed.in': 'flask\ngunicorn\n', 'uv.lock': UV_LOCK },
);
const PIPFILE = '[packages]\nflask = "*"\ngunicorn = "*"\n';
const pipenv = (sha256: string): Files =>
  withFiles(FLASK, {
    'requirements.txt': undefined,
    Pipfile: PIPFILE,
    'Pipfile.lock': JSON.stringify({ _meta: { hash: { sha256 } }, default: {} }),
  });

describe('a lock that may be stale', () => {
  it.each<[string, Files, string, string]>([
    [
      'poetry',
      withFiles(poetryApp(FLASK, PYPROJECT), { 'pyproject.toml': PYPROJECT.replace('"flask"', '"flask>=3"') }),
      'written for another pyproject.toml: its content-hash does not match',
      'poetry.lock:4',
    ],
    [
      'uv',
      locked(PYPROJECT.replace('"flask"', '"flask>=3"'), { 'uv.lock': UV_LOCK }),
      'written for another pyproject.toml: flask >=3 is not in uv.lock',
      'uv.lock',
    ],
    [
      'pdm',
      locked(PYPROJECT, { 'pdm.lock': '[metadata]\ncontent_hash = "sha256:0"\n' }),
      'written for another pyproject.toml: its content_hash does not match',
      'pdm.lock:2',
    ],
    ['pipenv', pipenv('0'), 'written for another Pipfile: its hash does not match', 'Pipfile.lock'],
  ])('is said to be so, and refused by nobody but %s', async (manager, files, reason, place) => {
    const { facts, diagnostics } = await detectFiles(files);
    expect(diagnostics).toEqual([]);
    expect(facts!.python.packageManager.value).toBe(manager);
    expect(facts!.python.lockDoubt?.value).toBe(reason);
    const rows = explained(facts!, NOT_CONFIGURED).flatMap(section => section.rows);
    const row = rows.find(({ value }) => value === 'may be stale');
    expect(row).toMatchObject({ name: 'lock file', why: reason });
    expect(formatPlace(row!.place!)).toBe(place);
  });

  it('is not suspected while it is fresh', async () => {
    for (const files of [poetryApp(FLASK, PYPROJECT), locked(PYPROJECT, { 'uv.lock': UV_LOCK }), LEFT_TO_ITS_BUILD]) {
      const { facts } = await detectFiles(files);
      expect(facts!.python).not.toHaveProperty('lockDoubt');
    }
  });
});

describe('the stage that reads a lock', () => {
  const stepsOf = async (files: Files) => {
    const { facts } = await detectFiles(files);
    return makePlan(facts!, {}).stages.find(({ id }) => id === 'python-lock')!.steps;
  };
  const commands = async (files: Files) =>
    (await stepsOf(files)).flatMap(step => (step.kind === 'script' ? step.lines : []));
  const copied = async (files: Files) =>
    (await stepsOf(files)).flatMap(step =>
      step.kind === 'copy' && step.from.kind === 'source' ? (step.from.include ?? []) : [],
    );
  const fresh = pipenv(pipfileHash({ path: 'Pipfile', text: PIPFILE, data: parse(PIPFILE) }, { data: {} }));

  it('has the manager look over a lock in doubt', async () => {
    expect(await commands(pipenv('0'))).toContain('/opt/lock-tool/bin/pipenv verify');
    expect(await copied(pipenv('0'))).toEqual(['Pipfile', 'Pipfile.lock']);
  });

  it.each<[string, Files, boolean]>([
    ['a version, for which the lock is made', locked(`${PYPROJECT}dynamic = ["version"]\n`, {}), true],
    [
      'a version, which a lock leaves out',
      locked(`${PYPROJECT}dynamic = ["version"]\n`, { 'uv.lock': UV_LOCK }),
      false,
    ],
    ['what it depends on', LEFT_TO_ITS_BUILD, true],
    ['its extras', locked(`${PYPROJECT}dynamic = ["optional-dependencies"]\n`, { 'uv.lock': UV_LOCK }), true],
    ['nothing', locked(PYPROJECT, {}), false],
  ])('has the files that a build says %s by', async (_, files, isBuilt) => {
    expect((await copied(files)).includes('**/__init__.py')).toBe(isBuilt);
  });

  it('installs nothing for one that is not in doubt', async () => {
    expect((await commands(fresh)).filter(line => line.includes('/opt/lock-tool'))).toEqual([]);
    expect(await copied(fresh)).toEqual(['Pipfile.lock']);
  });
});
