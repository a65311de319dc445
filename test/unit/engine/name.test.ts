import { expect, test } from 'vitest';
import { emptyContainer, processSpec } from '../../../engine/objects/container.js';
import { defineOp } from '../../../engine/objects/op.js';
import { stepName } from '../../../engine/solve/name.js';

const named = (...args: string[]) =>
  stepName(
    defineOp({
      kind: 'exec',
      ...processSpec(emptyContainer('linux/amd64'), args),
      stdin: '',
      redirectStdin: '',
      redirectStdout: '',
      redirectStderr: '',
      expect: 'SUCCESS',
    }),
  );

test.each([
  [['sh', '-c', '# a comment\necho a'], 'exec sh -c # a comment echo a'],
  [['pytest', '-q', 'a\n  b'], 'exec pytest -q a b'],
  [['/usr/local/bin/entrypoint', 'pytest', 'a/b'], 'exec entrypoint pytest a/b'],
  [['sh', '-eu', '/dev/.quayside/python.sh', '3.11.2'], 'stand-in python 3.11.2'],
] as const)('%j is called %j', (args, name) => expect(named(...args)).toBe(name));

test('a long command is cut', () => {
  expect(named('x'.repeat(200))).toBe(`exec ${'x'.repeat(94)}…`);
});
