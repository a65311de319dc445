import { describe, expect, test } from 'vitest';
import {
  exitCodeOf,
  InfrastructureError,
  InterruptedError,
  isExpected,
  leavesReports,
  UsageError,
} from '../../../cli/exit-codes.js';
import { diagnose } from '../../../src/diagnostics/diagnose.js';
import { DiagnosticError } from '../../../src/diagnostics/error.js';

const named = (name: string, options?: ErrorOptions): Error => Object.assign(new Error(name, options), { name });
const withType = (_type: string, options?: ErrorOptions): Error =>
  Object.assign(new Error('from the engine', options), { extensions: { _type } });
const diagnostic = new DiagnosticError([diagnose('QS104', { directory: 'shop' })]);
const migration = diagnose('QS702', { suite: 'unit', command: 'flask db upgrade', output: '' });
const runDiagnostic = new DiagnosticError([migration]);

describe('exit codes', () => {
  test.each<[string, unknown, number]>([
    ['failed tests', named('TestFailure'), 1],
    ['failed tests, wrapped', new Error('wrapped', { cause: named('TestFailure') }), 1],
    ['failed tests that stem from an exec', named('TestFailure', { cause: withType('EXEC_ERROR') }), 1],
    ['a diagnostic', diagnostic, 2],
    ['a diagnostic that explains a failing exec', Object.assign(diagnostic, { cause: withType('EXEC_ERROR') }), 2],
    ['a migration or service that failed in the run', runDiagnostic, 1],
    ['wrong usage', new UsageError('x'), 2],
    ['a failing exec', withType('EXEC_ERROR'), 1],
    ['a machine that lacks something, whatever is tried', withType('SETUP'), 2],
    ['the machine', withType('INFRASTRUCTURE'), 75],
    ['the machine, wrapped', new Error('wrapped', { cause: withType('INFRASTRUCTURE') }), 75],
    ['a disk that is full', new Error('wrapped', { cause: Object.assign(new Error('x'), { code: 'ENOSPC' }) }), 75],
    ['an engine out of reach', new InfrastructureError('x'), 75],
    ['a session that is gone', named('NotAwaitedRequestError'), 75],
    ['Ctrl-C', new InterruptedError('SIGINT'), 130],
    ['SIGTERM', new InterruptedError('SIGTERM'), 143],
    ['a bug', new TypeError('x'), 1],
    ['something else thrown', 'text', 1],
  ])('%s', (_, error, code) => {
    expect(exitCodeOf(error)).toBe(code);
  });

  test('a chain of causes that bites its tail ends', () => {
    const error = new Error('a');
    error.cause = new Error('b', { cause: error });
    expect(exitCodeOf(error)).toBe(1);
  });

  test('reports are saved when the app failed, not when it was never built', () => {
    expect(leavesReports(new Error('x', { cause: named('TestFailure') }))).toBe(true);
    expect(leavesReports(runDiagnostic)).toBe(true);
    expect(leavesReports(diagnostic)).toBe(false);
    expect(leavesReports(withType('INFRASTRUCTURE'))).toBe(false);
  });

  test('only a bug asks for a stack trace', () => {
    expect(isExpected(diagnostic)).toBe(true);
    expect(isExpected(withType('EXEC_ERROR'))).toBe(true);
    expect(isExpected(new TypeError('x'))).toBe(false);
  });
});
