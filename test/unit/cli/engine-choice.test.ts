import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { chooseEngine, type EngineChoice, type EngineName, findDaggerBinary } from '../../../cli/engine-choice.js';
import { UsageError } from '../../../cli/exit-codes.js';
import { parseSessionLine } from '../../../cli/sessions.js';

const session = { DAGGER_SESSION_PORT: '1234', DAGGER_SESSION_TOKEN: 'secret' };
const existing: EngineChoice = { kind: 'existing', port: 1234, token: 'secret' };
const local: EngineChoice = { kind: 'local' };
const binary = '/usr/bin/dagger';

describe('which engine', () => {
  test.each<[EngineName, NodeJS.ProcessEnv, string | undefined, EngineChoice]>([
    ['auto', session, undefined, existing],
    ['auto', session, binary, existing],
    ['dagger', session, undefined, existing],
    ['local', session, binary, local],
    ['auto', {}, binary, { kind: 'dagger', binary, required: false }],
    ['dagger', {}, binary, { kind: 'dagger', binary, required: true }],
    ['local', {}, binary, local],
    ['auto', {}, undefined, local],
    ['auto', { DAGGER_SESSION_PORT: '' }, undefined, local],
  ])('%s with %j and binary %s', (requested, env, found, expected) => {
    expect(chooseEngine({ requested, env, findDagger: () => found })).toEqual(expected);
  });

  test.each<[EngineName, NodeJS.ProcessEnv, RegExp]>([
    ['auto', { DAGGER_SESSION_PORT: '1234' }, /DAGGER_SESSION_TOKEN is not/],
    ['auto', { ...session, DAGGER_SESSION_PORT: 'x' }, /not a port: x/],
    ['auto', { ...session, DAGGER_SESSION_PORT: '0' }, /not a port: 0/],
    ['dagger', {}, /no `dagger` in PATH/],
  ])('%s with %j is wrong usage', (requested, env, message) => {
    const choose = (): EngineChoice => chooseEngine({ requested, env, findDagger: () => undefined });
    expect(choose).toThrow(UsageError);
    expect(choose).toThrow(message);
  });

  test('a session in the environment is taken without looking for a binary', () => {
    const findDagger = (): string => {
      throw new Error('looked');
    };
    expect(chooseEngine({ requested: 'auto', env: session, findDagger })).toEqual(existing);
  });
});

describe('the dagger binary', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'quayside-choice-'));
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  test('is the first executable file of that name in PATH', () => {
    const [directory, plain, executable] = ['a', 'b', 'c'].map(name => join(dir, name)) as [string, string, string];
    mkdirSync(join(directory, 'dagger'), { recursive: true });
    for (const place of [plain, executable]) {
      mkdirSync(place);
      writeFileSync(join(place, 'dagger'), '#!/bin/sh\n');
    }
    chmodSync(join(plain, 'dagger'), 0o644);
    chmodSync(join(executable, 'dagger'), 0o755);
    expect(findDaggerBinary({ PATH: `:${directory}:${plain}:${executable}` })).toBe(join(executable, 'dagger'));
    expect(findDaggerBinary({ PATH: `${directory}:${plain}` })).toBeUndefined();
  });

  test('is the one that the environment names', () => {
    expect(findDaggerBinary({ PATH: '', _EXPERIMENTAL_DAGGER_CLI_BIN: '/opt/dagger' })).toBe('/opt/dagger');
    expect(findDaggerBinary({})).toBeUndefined();
  });
});

test.each([
  ['{"port":41,"session_token":"t"}', { port: 41, token: 't' }],
  ['{"port":"41","session_token":"t"}', undefined],
  ['{"port":41,"session_token":""}', undefined],
  ['null', undefined],
  ['no engine here', undefined],
])('the session line %s', (line, expected) => {
  expect(parseSessionLine(line)).toEqual(expected);
});
