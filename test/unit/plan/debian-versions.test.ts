/** Debian packages in the versions of quayside.lock: what the steps say, and what they do in a shell. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { lockFileText, parseLockFile } from '../../../src/config/lock-file.js';
import { debianPackages, openPackages } from '../../../src/plan/debian.js';
import { parsePlan, planJson } from '../../../src/plan/json.js';
import type { Plan } from '../../../src/plan/types.js';
import { insistingOnVersions } from '../../../src/planner/debian-versions.js';
import { makePlan, withLock } from '../../../src/planner/make-plan.js';
import { stageOf } from '../support/steps.js';
import { flaskStream } from './flask-stream.facts.js';

const native = [
  {
    name: 'psycopg',
    why: '',
    build: ['libpq-dev'],
    runtime: ['libpq5', { bookworm: 'libldap-2.5-0', trixie: 'libldap2' }],
  },
].map(one => ({ ...flaskStream.native[0]!, ...one }));
const facts = { ...flaskStream, native };
const plan = makePlan(facts, {});
const [image] = [...debianPackages(plan).keys()];
const locked = (packages: Readonly<Record<string, Readonly<Record<string, string>>>>): Plan =>
  withLock(plan, { images: {}, packages: { [image!]: packages } });
const VERSIONS = { 'libpq-dev': '15.8-0', libldap2: '2.6.10+dfsg-1', libpq5: '15.8-0' };

const dir = mkdtempSync(join(tmpdir(), 'quayside-versions-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** Lines of the step that installs packages in a stage, in a shell where apt and dpkg only write down or say what they are told to. */
function run(plan: Plan, stage: string, { architecture = 'amd64', has = {} as Readonly<Record<string, string>> } = {}) {
  const step = stageOf(plan, stage).steps.find(one => one.kind === 'script' && one.debian);
  const lines = step?.kind === 'script' ? step.lines : [];
  mkdirSync(join(dir, 'bin'), { recursive: true });
  const program = (name: string, text: string) =>
    writeFileSync(join(dir, 'bin', name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  writeFileSync(join(dir, 'preferences'), '');
  program('apt-get', `case "$*" in *install*-y*|*-y*install*) cp ${dir}/now ${dir}/preferences ;; esac`);
  const known = Object.entries(has).map(([name, version]) => `*" ${name}") printf %s '${version}' ;;`);
  program('dpkg-query', `case "$*" in ${known.join(' ')} *) exit 1 ;; esac`);
  program('dpkg', `echo ${architecture}`);
  program('rm', `[ "$*" != "-f ${dir}/now" ] || /bin/rm -f ${dir}/now`);
  const script = lines.join('\n').replaceAll('/etc/apt/preferences.d/quayside', `${dir}/now`);
  const { status, stderr } = spawnSync('sh', ['-ec', script], {
    env: { PATH: `${join(dir, 'bin')}:${process.env.PATH}` },
    encoding: 'utf8',
  });
  const read = readFileSync(join(dir, 'preferences'), 'utf8').trim();
  const preferred = read.split('\n\n').map(entry => /Package: (.*)\nPin: version (.*)\nPin-Priority: 1001/.exec(entry));
  return { status, stderr, preferred: preferred.map(match => match?.slice(1).join('=')) };
}

describe('locked versions', () => {
  it('are wanted of what each image gets', () => {
    expect(debianPackages(plan).get(image!)).toEqual(expect.arrayContaining(['libldap2,libldap-2.5-0', 'libpq5']));
    expect(openPackages(plan)).toContainEqual({ image, names: 'libpq5' });
    const more = { ...VERSIONS, 'libldap-2.5-0': '2.5' };
    expect(openPackages(locked({ 'linux/amd64': more })).map(({ names }) => names)).not.toContain('libpq5');
    const { libpq5: _, ...without } = VERSIONS;
    expect(openPackages(locked({ 'linux/amd64': VERSIONS, 'linux/arm64': without }))).toContainEqual({
      image,
      names: 'libpq5',
      platform: 'linux/arm64',
    });
  });

  it('change nothing where there are none, and are a sound plan where there are', () => {
    expect(withLock(plan, { images: {}, packages: {} })).toEqual(plan);
    expect(withLock(plan, { images: {}, packages: { other: { 'linux/amd64': VERSIONS } } })).toEqual(plan);
    const held = insistingOnVersions(locked({ 'linux/amd64': VERSIONS }));
    expect(parsePlan(planJson(held))).toEqual(held);
  });

  it.each(['python-builder', 'runtime'])('are what apt prefers in %s, and leave nothing behind', stage => {
    const { status, preferred } = run(locked({ 'linux/amd64': VERSIONS, 'linux/arm64': VERSIONS }), stage);
    expect(status).toBe(0);
    expect(preferred).toEqual(['libldap2=2.6.10+dfsg-1', 'libpq-dev=15.8-0', 'libpq5=15.8-0']);
    expect(() => readFileSync(join(dir, 'now'))).toThrow('ENOENT');
  });

  it('are those of the platform where they differ', () => {
    const both = locked({ 'linux/amd64': VERSIONS, 'linux/arm64': { ...VERSIONS, libpq5: '15.8-0+b1' } });
    expect(run(both, 'runtime').preferred).toContain('libpq5=15.8-0');
    expect(run(both, 'runtime', { architecture: 'arm64' }).preferred).toContain('libpq5=15.8-0+b1');
  });

  it('are insisted on with --frozen', () => {
    const one = locked({ 'linux/amd64': VERSIONS });
    const insisting = insistingOnVersions(one);
    expect(run(one, 'runtime', { has: { libpq5: '15.9-0' } })).toMatchObject({ status: 0 });
    expect(run(insisting, 'runtime', { has: { libpq5: '15.8-0' } })).toMatchObject({ status: 0 });
    const gone = run(insisting, 'runtime', { has: { libpq5: '15.9-0' } });
    expect(gone).toMatchObject({ status: 1, stderr: 'quayside: libpq5 is 15.9-0, and quayside.lock has 15.8-0\n' });
  });
});

describe('the lock file', () => {
  it('has packages in order, and reads what it wrote', () => {
    const written = {
      images: { b: `sha256:${'1'.repeat(64)}`, a: `sha256:${'2'.repeat(64)}` },
      packages: {
        'docker.io/library/python:3.13-slim': { 'linux/arm64': { zip: '1', 'g++': '1:2~3' }, 'linux/amd64': {} },
      },
    };
    const text = lockFileText(written);
    expect(parseLockFile(text).value).toEqual(written);
    expect(text.indexOf('"linux/amd64"')).toBeLessThan(text.indexOf('"linux/arm64"'));
    expect(JSON.parse(lockFileText({ images: {}, packages: {} }))).toEqual({ lockVersion: 1, images: {} });
  });

  it.each([
    ['a name', { 'linux/amd64': { 'libpq5;reboot': '1' } }],
    ['a version', { 'linux/amd64': { libpq5: '1 $(reboot)' } }],
    ['a platform', { 'linux/amd64) reboot;;': { libpq5: '1' } }],
  ])('has %s that says nothing to a shell', (_, packages) => {
    const text = JSON.stringify({ lockVersion: 1, images: {}, packages: { 'a:1': packages } });
    expect(parseLockFile(text).diagnostics).toMatchObject([{ code: 'QS106' }]);
  });
});
