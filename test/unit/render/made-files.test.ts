/** What targets of the Makefile leave in the source, and what they may not do to what is there; that images have none of it. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { renderApp } from '../../../src/render/eject.js';
import { exampleApp, writeRendered } from '../../support/rendered-apps.js';

const { plan, source } = exampleApp('flask-stream');
const rendered = renderApp(plan, source);
const textOf = (path: string) => rendered.find(file => file.path === path)!.text;

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'quayside-unit-'));
  writeRendered(rendered, dir);
  mkdirSync(join(dir, 'bin'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** Runs make where a program answers as docker would, and writes down what it was asked. */
async function make(words: readonly string[], docker = 'echo archive') {
  writeFileSync(join(dir, 'bin/docker'), `#!/bin/sh\necho "$*" >> ${dir}/asked\n${docker}\n`, { mode: 0o755 });
  const env = { PATH: `${join(dir, 'bin')}:${process.env.PATH}` };
  const ended = await execa('make', [...words, 'PROJECT=stream'], { cwd: dir, env, reject: false, all: true });
  return { ...ended, asked: existsSync(join(dir, 'asked')) ? readFileSync(join(dir, 'asked'), 'utf8') : '' };
}
const hasPrograms = async (...names: readonly string[]) =>
  (await Promise.all(names.map(name => execa(name, ['version'], { reject: false })))).every(
    ({ code }) => code !== 'ENOENT',
  );
const volumes = /^VOLUMES = (.*)$/m.exec(textOf('Makefile'))![1]!.split(' ');

describe('.dockerignore', () => {
  it('names settings, secrets, keys and backups: a build would have them in its context, and images in their source', () => {
    const whole = renderApp(plan, { ...source, gitignores: {} });
    const lines = whole.find(({ path }) => path === '.dockerignore')!.text.split('\n');
    expect(lines).toEqual(expect.arrayContaining(['.env', '.env.quayside', '.env.secrets']));
    expect(lines).toEqual(expect.arrayContaining(['certificates', 'backup']));
    expect(volumes).toContain('db_data');
    expect(lines).toEqual(expect.arrayContaining(volumes.map(volume => `**/${volume}.tar`)));
  });

  it('leaves what the source has itself in directories of these names, and nothing that make wrote there', () => {
    const paths = ['certificates/__init__.py', 'backup/run.sh', 'certificates/key.pem', 'backup/db_data.tar'];
    const { text } = renderApp(plan, { ...source, paths }).find(({ path }) => path === '.dockerignore')!;
    const lines = text.split('\n');
    expect(lines).toEqual(expect.arrayContaining(['certificates/cert.pem', 'certificates/key.pem', '**/db_data.tar']));
    expect(lines.filter(line => ['certificates', 'backup'].includes(line))).toEqual([]);
    const again = renderApp(plan, { ...source, paths: paths.slice(2) }).find(({ path }) => path === '.dockerignore')!;
    expect(again.text.split('\n')).toEqual(expect.arrayContaining(['certificates', 'backup']));
  });

  it('leaves the settings that the build of a frontend at the top reads', () => {
    const stages = plan.stages.map(stage => ({
      ...stage,
      steps: stage.steps.map(step =>
        step.kind === 'copy' && step.from.kind === 'source' && step.from.path === ''
          ? { ...step, from: { ...step.from, exclude: [] } }
          : step,
      ),
    }));
    const { text } = renderApp({ ...plan, stages }, { ...source, gitignores: {} }).find(
      ({ path }) => path === '.dockerignore',
    )!;
    expect(text.split('\n')).not.toContain('.env');
    expect(text.split('\n')).toContain('.env.secrets');
  });
});

// Skipped where there is no make, whose targets these are.
describe.runIf(await hasPrograms('make'))('make backup and make restore', () => {
  it('starts the app again when a backup fails, and says that it did', async () => {
    const { exitCode, asked } = await make(['backup'], 'case "$*" in *tar*) exit 3;; esac');
    expect(exitCode).not.toBe(0);
    expect(asked.trim().split('\n').at(-1)).toMatch(/ start$/);
  });

  it('keeps a backup from others, and out of git', async () => {
    expect((await make(['backup', 'FROM=before'])).exitCode).toBe(0);
    expect(readFileSync(join(dir, 'before/db_data.tar'), 'utf8')).toBe('archive\n');
    expect((statSync(join(dir, 'before/db_data.tar')).mode & 0o777).toString(8)).toBe('600');
    expect(readFileSync(join(dir, 'before/.gitignore'), 'utf8')).toBe('*\n');
  });

  it('leaves what lies in a directory of somebody else as it is', async () => {
    mkdirSync(join(dir, 'before'));
    await make(['backup', 'FROM=before']);
    expect(existsSync(join(dir, 'before/.gitignore'))).toBe(false);
  });

  it('deletes and stops nothing for a backup that is not there, or lacks a volume', async () => {
    writeFileSync(join(dir, '.env'), 'OWN=1\n');
    mkdirSync(join(dir, 'backup'));
    for (const volume of volumes.slice(1)) writeFileSync(join(dir, 'backup', `${volume}.tar`), '');
    const { exitCode, all, asked } = await make(['restore']);
    expect(exitCode).not.toBe(0);
    expect(all).toContain(`backup/${volumes[0]}.tar is not there`);
    expect(asked).toBe('');
    writeFileSync(join(dir, 'backup', `${volumes[0]}.tar`), '');
    expect((await make(['restore'])).asked).toContain('-delete');
  });
});

// Skipped where there is no make, or no openssl, which makes certificates.
describe.runIf(await hasPrograms('make', 'openssl'))('make certificates', () => {
  const inDirectory = (name: string) => join(dir, 'certificates', name);

  it('makes one, which git does not keep', async () => {
    expect((await make(['certificates'])).exitCode).toBe(0);
    expect(readFileSync(inDirectory('cert.pem'), 'utf8')).toContain('BEGIN CERTIFICATE');
    expect(readFileSync(inDirectory('.gitignore'), 'utf8')).toBe('*\n');
  });

  it('leaves one that is there, whose key is nowhere else', async () => {
    mkdirSync(join(dir, 'certificates'));
    writeFileSync(inDirectory('key.pem'), 'mine');
    expect(await make(['certificates'])).toMatchObject({
      exitCode: 0,
      all: 'certificates has a certificate, which stays',
    });
    expect(readFileSync(inDirectory('key.pem'), 'utf8')).toBe('mine');
    expect(existsSync(inDirectory('cert.pem'))).toBe(false);
  });
});
