/** Results of suites: read from exit code and JUnit, told in words. */
import { shortened } from '../diagnostics/shorten.js';
import { lastLines } from './failures.js';

/** A test that failed, with the first words of why. */
export interface FailedTest {
  readonly name: string;
  readonly message: string;
}

/** What came out of a suite. For a suite that counts no tests, such as a linter, the run itself is the one test. */
export interface SuiteResult {
  readonly suite: string;
  readonly tests: number;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly errors: number;
  readonly seconds: number;
  readonly failures: readonly FailedTest[];
}

/** Thrown when tests failed. The command line exits with 1. */
export class TestFailure extends Error {
  readonly results: readonly SuiteResult[];
  constructor(results: readonly SuiteResult[]) {
    super(describeResults(results));
    this.name = 'TestFailure';
    this.results = results;
  }
}

/** What a finished run left: exit code, output, and the JUnit report when there is one. */
export interface RunOutcome {
  readonly exitCode: number;
  readonly output: string;
  readonly junit: string | undefined;
}

/** pytest's exit code when it found no tests at all. */
const NO_TESTS = 5;

/** Reads a suite's result. An exit code that the report does not explain is a failure of its own. */
export async function readResult(suite: string, outcome: RunOutcome): Promise<SuiteResult> {
  const counted = outcome.junit === undefined ? undefined : await readJunit(suite, outcome.junit);
  if (!counted) return single(suite, outcome);
  const ok = outcome.exitCode === 0;
  if (ok || counted.failures.length > 0) return counted;
  const message = outcome.exitCode === NO_TESTS ? 'no tests were found' : endedWith(outcome);
  return { ...counted, errors: counted.errors + 1, failures: [{ name: 'the run itself', message }] };
}

/** Whether everything in a result passed or was skipped. */
export function hasPassed(result: SuiteResult): boolean {
  return result.failures.length === 0;
}

/** Results in words: a line for each suite, and each failed test with its reason. */
export function describeResults(results: readonly SuiteResult[]): string {
  const failures = results.reduce((sum, result) => sum + result.failures.length, 0);
  const head = failures === 0 ? [] : [`${failures} ${failures === 1 ? 'test' : 'tests'} failed`, ''];
  return [...head, ...results.flatMap(describeResult)].join('\n');
}

function describeResult(result: SuiteResult): readonly string[] {
  const counts = [
    `${result.passed} passed`,
    ...(result.failed > 0 ? [`${result.failed} failed`] : []),
    ...(result.errors > 0 ? [`${result.errors} ${result.errors === 1 ? 'error' : 'errors'}`] : []),
    ...(result.skipped > 0 ? [`${result.skipped} skipped`] : []),
  ];
  const time = result.seconds > 0 ? ` in ${result.seconds.toFixed(1)} s` : '';
  const told = result.failures.slice(0, MOST_TOLD);
  const failures = told.flatMap(({ name, message }) => [`  FAILED ${name}`, ...indent(message)]);
  const more = result.failures.length - told.length;
  const rest = more > 0 ? [`  and ${more} more, which the reports name`] : [];
  return [`${result.suite}: ${counts.join(', ')}${time}`, ...failures, ...rest];
}

/** Failed tests of a suite that are told one by one: an engine tells a message twice, under its step and at the end. */
const MOST_TOLD = 20;

function indent(message: string): readonly string[] {
  return message.split('\n').map(line => `    ${shortened(line.trimEnd())}`);
}

function single(suite: string, outcome: RunOutcome): SuiteResult {
  const passed = outcome.exitCode === 0;
  const failures = passed ? [] : [{ name: suite, message: endedWith(outcome) }];
  return {
    suite,
    tests: 1,
    passed: passed ? 1 : 0,
    failed: passed ? 0 : 1,
    skipped: 0,
    errors: 0,
    seconds: 0,
    failures,
  };
}

function endedWith({ exitCode, output }: RunOutcome): string {
  const lines = lastLines(output).replaceAll(/^ {4}/gm, '');
  return `ended with exit code ${exitCode}${lines === '' ? ' and no output' : `:\n${lines}`}`;
}

interface JunitCase {
  readonly '@name'?: string;
  readonly '@classname'?: string;
  readonly '@time'?: string;
  readonly failure?: readonly JunitProblem[];
  readonly error?: readonly JunitProblem[];
  readonly skipped?: readonly unknown[];
}
type JunitProblem = string | { readonly '@message'?: string; readonly '#text'?: string };
interface JunitSuite {
  readonly '@time'?: string;
  readonly testcase?: readonly JunitCase[];
}
interface JunitFile {
  readonly testsuites?: { readonly testsuite?: readonly JunitSuite[] };
  readonly testsuite?: readonly JunitSuite[];
}

async function readJunit(suite: string, xml: string): Promise<SuiteResult> {
  // Most calls read no report, and the parser takes long to load.
  const { XMLParser } = await import('fast-xml-parser');
  const lists = new Set(['testsuite', 'testcase', 'failure', 'error', 'skipped']);
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: '@',
    parseAttributeValue: false,
    parseTagValue: false,
    isArray: name => lists.has(name),
  });
  const file = parser.parse(xml) as JunitFile;
  const suites = file.testsuites?.testsuite ?? file.testsuite ?? [];
  const cases = suites.flatMap(inner => inner.testcase ?? []);
  const count = (kind: 'failure' | 'error' | 'skipped') => cases.filter(test => test[kind] !== undefined).length;
  const failures = cases.flatMap(test => {
    const problem = test.failure?.[0] ?? test.error?.[0];
    return problem === undefined ? [] : [{ name: nameOf(test), message: reasonOf(problem) }];
  });
  const skipped = count('skipped');
  return {
    suite,
    tests: cases.length,
    passed: cases.filter(test => !test.failure && !test.error && !test.skipped).length,
    failed: count('failure'),
    skipped,
    errors: count('error'),
    seconds: suites.reduce((sum, inner) => sum + Number(inner['@time'] ?? 0), 0),
    failures,
  };
}

function nameOf(test: JunitCase): string {
  return [test['@classname'], test['@name']].filter(part => part !== undefined && part !== '').join('::');
}

/** The assertion, without the listing of code around it: at most three lines. */
function reasonOf(problem: JunitProblem): string {
  const message = typeof problem === 'string' ? problem : (problem['@message'] ?? problem['#text'] ?? '');
  const lines = message
    .replaceAll('&#10;', '\n')
    .split('\n')
    .filter(line => line.trim() !== '');
  return lines.length === 0 ? 'no reason given' : lines.slice(0, 3).join('\n');
}
