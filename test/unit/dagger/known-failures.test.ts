/** What the logs of real failures are read for: each names what has to be put right, where, and with which key. */
import { readFileSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';
import { knownFailure } from '../../../src/dagger/known-failures.js';
import { stepProblem } from '../../../src/dagger/step-problems.js';
import { formatDiagnostic } from '../../../src/diagnostics/words.js';
import type { Stage, Variable } from '../../../src/plan/types.js';

/** As Python 3.13 and the libraries of the day wrote them. */
const LOGS = new Map(
  readFileSync(new URL('python-logs.txt', import.meta.url), 'utf8')
    .split(/^===== /m)
    .slice(1)
    .map(text => [text.slice(0, text.indexOf('\n')), text.slice(text.indexOf('\n') + 1)] as const),
);

const variable = (name: string, line: number, trial?: string): Variable => ({
  name,
  secret: false,
  required: true,
  ...(trial === undefined ? {} : { trial }),
  read: [{ file: 'shop/config.py', line }],
});

const variables = [
  variable('MAIL_TOKEN', 1),
  variable('SHOP_PROJECT_NAME', 2),
  variable('SIZE', 3),
  variable('MAX', 4, 'trial'),
  variable('COLOUR', 5, 'trial'),
];

function read(log: string, known: readonly Variable[] = variables) {
  const output = LOGS.get(log);
  if (output === undefined) throw new Error(`no log ${log}`);
  return knownFailure({ plan: { variables: known }, doing: 'the image is started', output, workdir: '/app' });
}

describe('a variable without a value', () => {
  it.each([
    ['environ', 'MAIL_TOKEN unset', 1],
    ['gunicorn', 'MAIL_TOKEN unset', 1],
    ['pydantic', 'SHOP_PROJECT_NAME unset, SIZE unset', 2],
    ['pydantic-first', 'SHOP_PROJECT_NAME unset', 2],
    ['pydantic-value', 'SIZE refused', 3],
    ['environs', 'MAIL_TOKEN unset', 1],
    ['environs-value', 'MAX refused trial', 4],
    ['django-environ', 'MAIL_TOKEN unset', 1],
    ['decouple', 'MAIL_TOKEN unset', 1],
    ['starlette', 'MAIL_TOKEN unset', 1],
    ['own', 'MAIL_TOKEN unset', 1],
  ])('as %s says it', (log, expected, line) => {
    const diagnostic = read(log);
    expect(diagnostic).toMatchObject({ code: 'QS706', place: { file: 'shop/config.py', line } });
    expect(missing(diagnostic)).toBe(expected);
  });

  it('that no reading of the code has found is named where the traceback shows it', () => {
    expect(read('environ', [])).toMatchObject({ code: 'QS706', place: { file: 'shop/settings.py', line: 2 } });
    expect(missing(read('none', []))).toBe('MAX_ITEMS unset');
  });

  it('made up for the trial, and not taken, is named with what it was', () => {
    expect(missing(read('madeup', [variable('COLOUR', 5, 'trial')]))).toBe('COLOUR refused trial');
  });
});

function missing(diagnostic: ReturnType<typeof read>): string {
  if (diagnostic?.code !== 'QS706') return `${diagnostic?.code}`;
  return diagnostic.data.missing
    .map(({ name, lack, value }) => [name, lack, value].filter(Boolean).join(' '))
    .join(', ');
}

test.each([
  ['mkdir', 'QS707', { what: { kind: 'path', path: 'shop/logs', directory: 'shop/logs' } }, 'shop/core/logger.py', 7],
  ['log-file', 'QS707', { what: { kind: 'path', path: 'logs/app.log', directory: 'logs' } }, 'shop/core/logger.py', 9],
  ['beside', 'QS707', { what: { kind: 'path', path: 'app.log', directory: '' } }, 'shop/core/logger.py', 9],
  ['elsewhere', 'QS707', { what: { path: '/var/lib/shop/cache', directory: '/var/lib/shop/cache' } }, 'main.py', 4],
  ['sqlite', 'QS707', { what: { kind: 'database' } }, 'shop/settings.py', 2],
  ['sqlalchemy', 'QS707', { what: { kind: 'database' } }, 'main.py', 9],
  ['library', 'QS708', { kind: 'library', name: 'libGL.so.1' }, 'main.py', 1],
  ['module', 'QS708', { kind: 'module', name: 'stripe' }, 'shop/settings.py', 1],
  [
    'gone-attribute',
    'QS708',
    { kind: 'outdated', name: 'collections.MutableMapping', by: 'sqlalchemy', python: '3.11' },
    'shop/settings.py',
    3,
  ],
  ['gone-name', 'QS708', { kind: 'outdated', name: 'collections.Mapping', python: '3.13' }, 'main.py', 4],
  [
    'gone-module',
    'QS708',
    { kind: 'outdated', name: 'the module imghdr', by: 'feed', python: '3.13', last: '3.11' },
    'main.py',
    2,
  ],
  [
    'other-release',
    'QS708',
    { kind: 'mismatched', name: 'werkzeug.urls.url_quote', of: 'werkzeug', by: 'flask' },
    'shop/__init__.py',
    1,
  ],
  [
    'other-release-of-the-app',
    'QS708',
    { kind: 'mismatched', name: 'pydantic.parse_raw_as', of: 'pydantic' },
    'shop/__init__.py',
    2,
  ],
])('%s', (log, code, data, file, line) => {
  expect(read(log)).toMatchObject({ code, data, place: { file, line } });
});

test('version-mismatch', () => {
  const says = 'Redis transport requires redis-py versions 6.1.0 or later. You have 5.0.1';
  expect(read('version-mismatch')).toMatchObject({ code: 'QS708', data: { kind: 'mismatched', by: 'kombu', says } });
});

test.each(['other', 'no-traceback'])('%s is not known', log => {
  expect(read(log)).toBeUndefined();
});

test.each([
  ['variable-unset', 'environ'],
  ['variables-of-settings-unset', 'pydantic'],
  ['made-up-value-refused', 'madeup'],
  ['directory-not-writable', 'mkdir'],
  ['file-beside-the-code-not-writable', 'beside'],
  ['database-file-not-opened', 'sqlalchemy'],
  ['library-not-there', 'library'],
  ['module-not-there', 'module'],
  ['package-for-an-older-python', 'gone-attribute'],
  ['package-for-another-release', 'other-release'],
  ['app-for-another-release', 'other-release-of-the-app'],
  ['package-that-refuses-a-version', 'version-mismatch'],
  ['module-that-python-no-longer-has', 'gone-module'],
])('%s in words', async (name, log) => {
  await expect(`${formatDiagnostic(read(log)!)}\n`).toMatchFileSnapshot(`../../golden/diagnostics/${name}.txt`);
});

describe("a step of the build that runs the app's code", () => {
  const stage: Stage = {
    id: 'production',
    base: { kind: 'image', reference: 'python' },
    platform: 'target',
    steps: [
      { kind: 'workdir', path: '/app' },
      { kind: 'script', title: 'collect static files', lines: ['collect'], fails: { kind: 'app' } },
    ],
  };
  const failing = (stderr: string) => {
    const extensions = { _type: 'EXEC_ERROR', cmd: ['sh', '-ec', 'collect'], exitCode: 1, stdout: '', stderr };
    return stepProblem(Object.assign(new Error('exit code: 1'), { extensions }), stage, { stages: [stage], variables });
  };

  it('says which variable it fails for', () => {
    expect(failing(LOGS.get('environ')!)).toMatchObject({ diagnostics: [{ code: 'QS706', place: { line: 1 } }] });
  });

  it('ends in a diagnostic with its last lines when nothing is known of them', async () => {
    const error = failing(LOGS.get('other')!);
    await expect(`${error?.message}\n`).toMatchFileSnapshot('../../golden/diagnostics/app-step-failed.txt');
  });
});
