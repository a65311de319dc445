import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { describe as describeFlag } from '../../../cli/flags.js';
import { FORMER_NAMES, kebabCase, readFunctionTable, type ValueType } from '../../../cli/functions.js';
import { introspectModule, scanModule } from '../../../cli/introspect.js';
import { buildProgram } from '../../../cli/program.js';
import { loadResult } from '../../../node_modules/@dagger.io/dagger/dist/src/module/entrypoint/load.js';
import type { Publication } from '../../../src/publish/publication.js';

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

describe('the introspector', () => {
  test('reads arguments, defaults, enums, lists and checks as an engine does', async () => {
    const table = await introspectModule(path('./module-fixture'), 'Sample');
    expect(table.description).toBe('A module with one of everything that the command line knows.');
    expect(table.constructorArguments).toEqual([
      {
        name: 'source',
        description: 'The app.',
        type: { kind: 'object', name: 'Directory' },
        optional: true,
        defaultPath: '/',
        ignore: ['**/node_modules', '.git'],
      },
      { name: 'config', description: 'Another configuration.', type: { kind: 'object', name: 'File' }, optional: true },
    ]);
    expect(table.functions.map(fn => [fn.name, fn.returns, fn.check])).toEqual([
      ['test', { kind: 'string' }, true],
      ['reports', { kind: 'object', name: 'Directory' }, false],
      ['buildImage', { kind: 'object', name: 'Container' }, false],
      ['serve', { kind: 'object', name: 'Service' }, false],
      ['greet', { kind: 'void' }, false],
      ['count', { kind: 'record', name: 'Count' }, false],
    ]);
    expect(table.functions[2]!.arguments.map(argument => [argument.type, argument.default, argument.optional])).toEqual(
      [
        [{ kind: 'list', of: { kind: 'string' } }, ['linux/amd64'], true],
        [{ kind: 'enum', name: 'Level', values: ['low', 'high'] }, 'low', true],
        [{ kind: 'object', name: 'Secret' }, undefined, true],
        [{ kind: 'integer' }, 3, true],
        [{ kind: 'boolean' }, false, true],
      ],
    );
    expect(table.functions[4]!.arguments[0]!.optional).toBe(false);
  }, 30_000);

  test('says which class is missing', async () => {
    await expect(introspectModule(path('./module-fixture'), 'Other')).rejects.toThrow(/no class Other/);
  }, 30_000);
});

/** The words of a name as anybody reads them. */
const plain = (name: string): string => name.replace(/([a-z])([A-Z])/g, '$1-$2').toLowerCase();
const valuesOf = (type: ValueType): readonly string[] =>
  type.kind === 'enum' ? type.values : type.kind === 'list' ? valuesOf(type.of) : [];

test('no function, argument or value is spelt otherwise by Dagger, which makes words of digits', () => {
  const { constructorArguments, functions } = readFunctionTable();
  const all = [...constructorArguments, ...functions.flatMap(fn => fn.arguments)];
  const names = [...functions, ...all].map(({ name }) => name).concat(all.flatMap(({ type }) => valuesOf(type)));
  expect(names.filter(name => kebabCase(name) !== plain(name))).toEqual([]);
});

test.each(Object.entries(FORMER_NAMES))('%s still answers to %s', (name, former) => {
  const program = buildProgram(readFunctionTable(), '0.0.0', () => {});
  expect(program.commands.find(command => command.name() === name)?.aliases()).toEqual([former]);
});

test('what publish returns reaches an engine field by field', async () => {
  const module = await scanModule(path('../../../src'), 'Quayside');
  const platform = { platform: 'linux/arm64', digest: 'sha256:1', size: 9, sent: 4 };
  const publication: Publication = {
    images: [
      {
        component: 'web',
        address: 'localhost:5000/acme/shop',
        digest: 'sha256:2',
        platforms: [{ ...platform, layers: { there: 1, mounted: 2, pushed: 3 } }],
        attached: [{ name: 'sbom', subject: 'sha256:1', digest: 'sha256:3', fate: 'written' }],
        tags: [{ name: 'latest', moving: true, fate: 'there' }],
      },
    ],
    sent: 4,
    dryRun: false,
  };
  expect(await loadResult(publication, module, module.objects.Publication!)).toEqual(publication);
}, 60_000);

describe('the command line', () => {
  test('the committed function table is what src/index.ts says (npm run generate:functions)', async () => {
    expect(readFunctionTable()).toEqual(await introspectModule(path('../../../src'), 'Quayside'));
  }, 60_000);

  test('shows the same functions, flags and help text as the introspector reads', async () => {
    const table = await introspectModule(path('../../../src'), 'Quayside');
    const program = buildProgram(readFunctionTable(), '0.0.0', () => {});
    const width = { helpWidth: 10_000 };
    const top = program.configureHelp({ showGlobalOptions: true, ...width }).helpInformation();
    for (const argument of table.constructorArguments) {
      expect(top).toContain(`--${kebabCase(argument.name)} `);
      expect(top).toContain(describeFlag(argument));
    }
    expect(table.functions.length).toBeGreaterThan(0);
    for (const fn of table.functions) {
      expect(fn.description, `${fn.name} has a description`).not.toBe('');
      const command = program.commands.find(candidate => candidate.name() === kebabCase(fn.name));
      expect(command?.description()).toBe(fn.description);
      const help = command!.configureHelp({ showGlobalOptions: true, ...width }).helpInformation();
      for (const argument of [...fn.arguments, ...table.constructorArguments]) {
        expect(argument.description, `${fn.name} --${argument.name} has a description`).not.toBe('');
        expect(help).toContain(`--${kebabCase(argument.name)} `);
        expect(help).toContain(describeFlag(argument));
      }
    }
  }, 60_000);
});
