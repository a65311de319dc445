/** What becomes of a scanner's report. */
import { readFileSync } from 'node:fs';
import type * as Sarif from 'sarif';
import { describe, expect, it } from 'vitest';
import { diagnose } from '../../../src/diagnostics/diagnose.js';
import { formatDiagnostic } from '../../../src/diagnostics/words.js';
import type { Scanning } from '../../../src/plan/types.js';
import { scanJson } from '../../../src/scan/json.js';
import { expiredEntries, judge } from '../../../src/scan/policy.js';
import { parseReport } from '../../../src/scan/report.js';
import { scanSarif } from '../../../src/scan/sarif.js';
import { countedBySeverity, scanTable } from '../../../src/scan/table.js';
import { FAIL_LEVELS } from '../../../src/support/scanner.js';

const TEXT = readFileSync(new URL('grype-report.json', import.meta.url), 'utf8');
const PROOFS = new Map([
  ['pkg:pypi/gunicorn@23.0.0', ['/opt/venv/lib/python3.11/site-packages/gunicorn-23.0.0.dist-info/METADATA']],
  ['pkg:npm/left-pad@1.3.0', ['/app/node_modules/left-pad/package.json', 'frontend/package lock.json']],
]);
const REPORT = parseReport(TEXT, PROOFS);
const IMAGE = { name: 'shop', platform: 'linux/amd64' };

const policy = (given: Partial<Scanning> = {}): Scanning => ({
  image: 'docker.io/anchore/grype:v0.121.2',
  failOn: 'high',
  onlyFixed: false,
  ignore: [],
  ...given,
});
const entry = (id: string, more: object = {}) => ({ id, reason: 'not reached', expires: '2026-12-31', ...more });
const failing = (given: Partial<Scanning>) =>
  judge(REPORT, policy(given)).judged.flatMap(({ vulnerability, verdict }) =>
    verdict.fate === 'fails' ? [vulnerability.id] : [],
  );

describe('a report', () => {
  it('has each vulnerability of a package once, the gravest first', () => {
    expect(REPORT.found.map(({ id, severity }) => `${severity} ${id}`)).toEqual([
      'critical CVE-2026-0002',
      'high GHSA-aaaa-bbbb-cccc',
      'medium GHSA-dddd-eeee-ffff',
      'negligible CVE-2026-0003',
      'unknown MADE-UP-1',
    ]);
    // It is found by two ways, of which the first says more.
    expect(REPORT.found[1]).toMatchObject({ score: 8.1, description: 'Requests that are too long are taken.' });
    expect(REPORT).toMatchObject({ scanner: { name: 'grype' }, databaseBuilt: '2026-11-20T00:00:00Z' });
  });

  it.each([
    ['nothing', '{}', 'matches'],
    ['a match without a package', '{"matches":[{"vulnerability":{"id":"a"}}],"descriptor":{}}', 'matches.0.artifact'],
    ['cut off', TEXT.slice(0, 400), 'JSON'],
  ])('that is %s is none', (_, text, key) => {
    expect(() => parseReport(text, new Map())).toThrow(key);
  });
});

it('a report that grype itself wrote is read whole', () => {
  const text = readFileSync(new URL('grype-recorded.json', import.meta.url), 'utf8');
  const { found, databaseBuilt } = parseReport(text, new Map());
  expect(found).toHaveLength(JSON.parse(text).matches.length);
  expect(databaseBuilt).toMatch(/^2026-11-26T/);
  expect(found.find(({ package: part }) => part.name === 'gunicorn')).toMatchObject({
    id: 'GHSA-aaaa-bbbb-cccc',
    severity: 'high',
    fixedIn: ['99.0.0'],
    package: { type: 'python', purl: 'pkg:pypi/gunicorn@27.0.1' },
  });
  // By the name of its source, which the list of parts has.
  expect(found.find(({ id }) => id === 'CVE-2026-0002')).toMatchObject({ package: { name: 'zlib1g' }, fixedIn: [] });
});

describe('the policy', () => {
  it.each(FAIL_LEVELS.map((level, at) => [level, [1, 2, 3, 3, 5, 0][at]]))('%s fails %i', (failOn, count) => {
    expect(failing({ failOn: failOn as Scanning['failOn'] })).toHaveLength(count as number);
  });

  it.each<[string, Partial<Scanning>, readonly string[], readonly number[]]>([
    ['by its own name', { ignore: [entry('CVE-2026-0002')] }, ['GHSA-aaaa-bbbb-cccc'], []],
    ['by another name, however it is written', { ignore: [entry('cve-2026-0001')] }, ['CVE-2026-0002'], []],
    [
      'in its package alone',
      { ignore: [entry('CVE-2026-0002', { package: 'gunicorn' })] },
      ['CVE-2026-0002', 'GHSA-aaaa-bbbb-cccc'],
      [0],
    ],
    [
      'and nothing else',
      { ignore: [entry('CVE-1999-1'), entry('CVE-2026-0001'), entry('CVE-2026-000')] },
      ['CVE-2026-0002'],
      [0, 2],
    ],
    ['and what nobody has mended', { onlyFixed: true }, ['GHSA-aaaa-bbbb-cccc'], []],
  ])('ignores a vulnerability %s', (_, given, fails, unused) => {
    expect(failing(given)).toEqual(fails);
    expect(judge(REPORT, policy(given)).unused).toEqual(unused);
  });

  it.each([
    ['2026-12-30T12:00:00Z', []],
    ['2026-12-31T23:59:59Z', []],
    ['2027-01-01T00:00:00Z', [0]],
  ])('at %s has what expired', (now, expected) => {
    expect(expiredEntries(policy({ ignore: [entry('CVE-1')] }), new Date(now))).toEqual(expected);
  });
});

it('what is said when it does not go on', async () => {
  const worst = [{ id: 'CVE-2026-0002', package: 'libsqlite3-0' }];
  const said = [
    diagnose('QS720', {
      image: 'shop',
      counted: countedBySeverity(judge(REPORT, policy()).judged.slice(0, 1)),
      worst,
      failOn: 'high',
    }),
    diagnose('QS940', entry('CVE-2026-0001'), { file: 'quayside.yaml', key: 'scan.ignore.0' }),
    diagnose('QS941', { format: 'html', known: ['table', 'json'] }),
    diagnose('QS942', { failOn: 'severe', known: FAIL_LEVELS }),
    diagnose('QS943', { image: policy().image }),
  ];
  const text = `${said.map(formatDiagnostic).join('\n\n')}\n`;
  await expect(text).toMatchFileSnapshot('../../golden/scan/diagnostics.txt');
});

describe('what is told', () => {
  const judged = judge(REPORT, policy({ ignore: [entry('CVE-2026-0001', { reason: 'a proxy in front\ncuts them' })] }));

  it.each([
    ['table.txt', scanTable(judged)],
    ['scan.json', scanJson(IMAGE, judged)],
    ['scan.sarif', scanSarif(IMAGE, judged)],
    ['nothing.txt', scanTable({ ...judged, judged: [] })],
  ])('as %s', async (name, text) => {
    await expect(text).toMatchFileSnapshot(`../../golden/scan/${name}`);
  });

  it('in SARIF has a rule for each result, and a file for each', () => {
    const [run] = (JSON.parse(scanSarif(IMAGE, judged)) as Sarif.Log).runs;
    const { rules = [] } = run!.tool.driver;
    expect(run!.results).toHaveLength(judged.judged.length);
    for (const { ruleId, ruleIndex, locations } of run!.results!) {
      expect(rules[ruleIndex!]!.id).toBe(ruleId);
      // GitHub refuses addresses that lead out of the source, or are none.
      expect(locations![0]!.physicalLocation!.artifactLocation!.uri).toMatch(/^[^/\s][^\s]*$/);
    }
    expect(run!.results!.filter(({ suppressions }) => suppressions !== undefined)).toHaveLength(1);
  });
});

describe('a hostile report', () => {
  const match = (given: { readonly name?: string; readonly more?: object } = {}) => ({
    vulnerability: { id: 'CVE-1\u001b[2J', severity: '__proto__', dataSource: 'javascript:x()', ...given.more },
    artifact: { name: given.name ?? 'a\u001b]0;x\u0007\nb', version: '\u202e1', type: 'npm', purl: 'pkg:npm/\ud800' },
  });
  const parsed = (matches: readonly object[]) =>
    parseReport(
      JSON.stringify({ matches, descriptor: { name: 'grype', version: '1' } }),
      new Map([['pkg:npm/\ud800', ['a/\ud800']]]),
    );

  it.each(['', 'x', 'null', '[]', '{"matches":{}}', '{"matches":[null],"descriptor":{}}'])(
    'of %j is said to be none',
    text => {
      expect(() => parseReport(text, new Map())).toThrow(/^the scanner's report is not as expected/);
    },
  );

  it('moves no cursor, adds no line to the table, and leads nowhere but to pages', () => {
    const report = judge(parsed([match()]), policy());
    const lines = scanTable(report).split('\n');
    expect(lines).toHaveLength(5);
    expect(lines[1]).toMatch(/^unknown\s+CVE-1�\[2J\s+a�\]0;x� b \(npm\)\s+�1\s/);
    expect(report.judged[0]!.vulnerability.url).toBeUndefined();
    expect(JSON.parse(scanSarif(IMAGE, report)).runs[0].results).toHaveLength(1);
  });

  it('has scores as they can be', () => {
    const cvss = [{ metrics: { baseScore: 1e300 } }];
    expect(parsed([match({ more: { cvss } })]).found[0]!.score).toBe(10);
  });

  it('of very many findings is told', () => {
    const many = Array.from({ length: 130_000 }, (_, at) => match({ name: `${at}` }));
    expect(scanTable(judge(parsed(many), policy())).split('\n')).toHaveLength(130_004);
  });
});
