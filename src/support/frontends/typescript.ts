import { defined } from '../../source/defined.js';
import { type Finding, found } from '../../source/finding.js';
import { asObject, jsonLine, readLooseJson } from '../../source/json-file.js';
import { joinPath, resolvePath } from '../../source/paths.js';
import type { BuildOutput, BuiltPackage, FrontendDefinition } from './definition.js';

/** TypeScript's compiler where nothing bundles what it makes. */
export const typescript: FrontendDefinition = {
  title: 'TypeScript',
  doc: '`--outDir` of its command line, `outDir` of tsconfig.json',
  rank: 30,
  packages: [],
  commands: ['tsc'],
  makers: [],
  isAlone: true,
  writes: {
    files: ['--outFile'],
    directories: ['--outDir'],
    takingValue: ['-p', '--project', '-t', '--target', '-m', '--module'],
  },
  output,
};

async function output(built: BuiltPackage): Promise<Finding<BuildOutput>> {
  const given = built.option('-p', '--project') ?? 'tsconfig.json';
  const name = given.endsWith('.json') ? given : joinPath(given.replace(/\/$/, ''), 'tsconfig.json');
  const text = (await built.read(name)) ?? '';
  const { outDir } = asObject(asObject(readLooseJson(text)).compilerOptions);
  if (typeof outDir !== 'string') return found<BuildOutput>(undefined);
  const file = resolvePath(built.root, name);
  const place = defined({ file, line: jsonLine(text, 'compilerOptions', 'outDir') });
  const directory = name.includes('/') ? name.slice(0, name.lastIndexOf('/')) : '';
  return found({ output: { value: resolvePath(resolvePath(built.root, directory), outDir), place } });
}
