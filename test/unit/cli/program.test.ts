import { describe, expect, test } from 'vitest';
import type { ModuleTable } from '../../../cli/functions.js';
import { kebabCase } from '../../../cli/functions.js';
import type { Invocation } from '../../../cli/invocation.js';
import { parseCommandLine } from '../../../cli/program.js';

const table: ModuleTable = {
  object: 'Sample',
  description: 'A sample.',
  constructorArguments: [
    {
      name: 'source',
      description: 'The app.',
      type: { kind: 'object', name: 'Directory' },
      optional: true,
      defaultPath: '/',
    },
    { name: 'config', description: '', type: { kind: 'object', name: 'File' }, optional: true },
  ],
  functions: [
    { name: 'test', description: 'Runs the suites.', arguments: [], returns: { kind: 'string' }, check: true },
    {
      name: 'reports',
      description: 'Reports.',
      arguments: [],
      returns: { kind: 'object', name: 'Directory' },
      check: false,
    },
    {
      name: 'buildImage',
      description: 'Builds.',
      arguments: [
        {
          name: 'platforms',
          description: '',
          type: { kind: 'list', of: { kind: 'string' } },
          optional: true,
          default: ['linux/amd64'],
        },
        {
          name: 'level',
          description: '',
          type: { kind: 'enum', name: 'Level', values: ['low', 'high'] },
          optional: true,
        },
        { name: 'retries', description: '', type: { kind: 'integer' }, optional: true, default: 3 },
        { name: 'verbose', description: '', type: { kind: 'boolean' }, optional: true },
      ],
      returns: { kind: 'object', name: 'Container' },
      check: false,
    },
    {
      name: 'greet',
      description: 'Greets.',
      arguments: [{ name: 'firstName', description: 'Whom.', type: { kind: 'string' }, optional: false }],
      returns: { kind: 'void' },
      check: false,
    },
    {
      name: 'serve',
      description: 'Serves.',
      arguments: [],
      returns: { kind: 'object', name: 'Service' },
      check: false,
    },
  ],
};

const parse = (...argv: string[]): Invocation => parseCommandLine(argv, table, '1.2.3');
const session = { engine: 'auto', progress: 'auto' };

describe('parsing', () => {
  test.each<[string[], string, object]>([
    [['test', '--source=X'], 'test', { constructorValues: { source: 'X' } }],
    [['--source=X', 'test'], 'test', { constructorValues: { source: 'X' } }],
    [['--source', 'X', 'test', '--config', 'c.yaml'], 'test', { constructorValues: { source: 'X', config: 'c.yaml' } }],
    [['test', '--reports=out'], 'test', { result: { reports: 'out' } }],
    [['test', '--progress=plain', '--engine=local'], 'test', { session: { engine: 'local', progress: 'plain' } }],
    [['--progress=quiet', 'test'], 'test', { session: { engine: 'auto', progress: 'quiet' } }],
    [['reports', '-o', 'dir'], 'reports', { result: { output: 'dir' } }],
    [
      ['build-image', '--platforms=a,b', '--platforms=c'],
      'buildImage',
      { values: { platforms: ['a', 'b', 'c'] }, result: { format: 'docker' } },
    ],
    [
      ['build-image', '--level=high', '--retries=0'],
      'buildImage',
      { values: { level: 'high', retries: 0 }, result: { format: 'docker' } },
    ],
    [
      ['build-image', '--verbose', '--output=x.tar'],
      'buildImage',
      { values: { verbose: true }, result: { output: 'x.tar', format: 'docker' } },
    ],
    [['build-image', '--format=oci'], 'buildImage', { result: { format: 'oci' } }],
    [['build-image', '--verbose=false'], 'buildImage', { values: { verbose: false }, result: { format: 'docker' } }],
    [['greet', '--first-name=Ada'], 'greet', { values: { firstName: 'Ada' } }],
    [['greet', 'Ada'], 'greet', { values: { firstName: 'Ada' } }],
    [['serve', '--port=8000'], 'serve', { result: { port: 8000 } }],
  ])('%j', (argv, name, expected) => {
    const { function: fn, ...rest } = parse(...argv) as Extract<Invocation, { kind: 'call' }>;
    expect(fn?.name).toBe(name);
    expect(rest).toEqual({ kind: 'call', constructorValues: {}, values: {}, result: {}, session, ...expected });
  });

  test.each<[string[], object]>([
    [['run', '--', 'sh', '-c', 'exit 3'], { kind: 'run', command: ['sh', '-c', 'exit 3'], session }],
    [
      ['run', '--engine=local', '--', 'ls', '--source'],
      { kind: 'run', command: ['ls', '--source'], session: { ...session, engine: 'local' } },
    ],
    [['session', '--label', 'a:b', '--label', 'c:d', '--workdir', '/'], { kind: 'session', session }],
    [['setup'], { kind: 'setup', session }],
    [['engine', 'status'], { kind: 'engine-status', json: false }],
    [['engine', 'status', '--json'], { kind: 'engine-status', json: true }],
    [['engine', 'prune'], { kind: 'engine-prune', maxBytes: 0 }],
    [['engine', 'prune', '--max-bytes=1.5GB'], { kind: 'engine-prune', maxBytes: 1_500_000_000 }],
  ])('%j', (argv, expected) => {
    expect(parse(...argv)).toEqual(expected);
  });

  test.each<[string[], RegExp]>([
    [['tset'], /unknown command 'tset'[\s\S]*Did you mean test\?/],
    [['test', '--sorce=X'], /unknown option '--sorce=X'[\s\S]*Did you mean --source/],
    [['test', 'extra'], /too many arguments/],
    [['greet', 'Ada', 'Bob'], /too many arguments/],
    [['greet'], /required option '--first-name <string>'/],
    [['greet', '--first-name='], /must not be empty/],
    [['build-image', '--level=middle'], /It must be one of low, high/],
    [['build-image', '--retries=many'], /It must be a whole number/],
    [['build-image', '--verbose=perhaps'], /It must be true or false/],
    [['serve', '--port=70000'], /It must be a port/],
    [['greet', '--first-name=x', '--reports=y'], /unknown option '--reports=y'/],
    [['test', '--port=1'], /unknown option '--port=1'/],
    [['serve', '--output=x'], /unknown option '--output=x'/],
    [['build-image', '--format=zip'], /Allowed choices are docker, oci/],
    [['reports', '--format=oci'], /unknown option '--format=oci'/],
    [['test', '--progress=loud'], /Allowed choices are auto, plain, quiet/],
    [['engine', 'prune', '--max-bytes=much'], /a size such as/],
    [['run'], /missing required argument/],
  ])('%j is wrong usage', (argv, message) => {
    const result = parse(...argv);
    expect(result).toMatchObject({ kind: 'text', stream: 'stderr', code: 2 });
    expect((result as { text: string }).text).toMatch(message);
  });

  test.each([[[]], [['--help']], [['help']], [['-h']]])('%j prints all functions to standard output', argv => {
    const result = parse(...argv) as Extract<Invocation, { kind: 'text' }>;
    expect(result).toMatchObject({ kind: 'text', stream: 'stdout', code: 0 });
    for (const fn of table.functions)
      expect(result.text).toMatch(new RegExp(`^ {2}${kebabCase(fn.name)} .*${fn.description}`, 'm'));
  });

  test('a function’s help shows its own flags and the global ones', () => {
    const { text } = parse('build-image', '--help') as { text: string };
    expect(text).toMatch(/--platforms <\[string\]> .*default: \["linux\/amd64"\]/);
    expect(text).toMatch(/--level <low\|high>/);
    expect(text).toMatch(/--source <Directory>/);
    expect(text).toMatch(/--output <path>/);
    expect(text.indexOf('--platforms')).toBeLessThan(text.indexOf('--output'));
  });

  test('--version prints the version alone', () => {
    expect(parse('--version')).toEqual({ kind: 'text', text: '1.2.3\n', stream: 'stdout', code: 0 });
  });
});

test.each([
  ['pythonVersion', 'python-version'],
  ['e2e', 'e-2-e'],
  ['junitXML', 'junit-xml'],
  ['source', 'source'],
])('%s is the flag %s', (name, flag) => {
  expect(kebabCase(name)).toBe(flag);
});
