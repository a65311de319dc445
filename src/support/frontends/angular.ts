import { defined } from '../../source/defined.js';
import { type Finding, found } from '../../source/finding.js';
import { asObject, jsonLine, readLooseJson } from '../../source/json-file.js';
import { joinPath, resolvePath } from '../../source/paths.js';
import type { BuildOutput, BuiltPackage, FrontendDefinition } from './definition.js';

/** Angular by its own command line. */
export const angular: FrontendDefinition = {
  title: 'Angular',
  doc: 'the first project of angular.json',
  rank: 5,
  packages: ['@angular/cli'],
  oldHashesBefore: '13.0.0',
  commands: ['ng'],
  watches: ['--watch'],
  makers: ['@angular/core'],
  verbs: ['build', 'b'],
  writes: { directories: ['--output-path'], takingValue: ['-c', '--configuration', '--base-href', '--project'] },
  bakes: { prefix: 'NG_APP_' },
  output,
};

const CONFIG = 'angular.json';

async function output(built: BuiltPackage): Promise<Finding<BuildOutput>> {
  const text = (await built.read(CONFIG)) ?? '';
  const data = readLooseJson(text);
  if (data === undefined) return found<BuildOutput>(undefined);
  const [name = '', project] = Object.entries(asObject(asObject(data).projects))[0] ?? [];
  const build = asObject(asObject(asObject(project).architect).build);
  const { outputPath } = asObject(build.options);
  const base = typeof outputPath === 'string' ? outputPath : asObject(outputPath).base;
  const directory = typeof base === 'string' ? base : `dist/${name}`;
  // The application builder puts what browsers load into a directory of its own.
  const isSplit = String(build.builder).endsWith(':application');
  const value = resolvePath(built.root, isSplit ? `${directory}/browser` : directory);
  const line = jsonLine(text, 'projects', name, 'architect', 'build', 'options', 'outputPath');
  return found({ output: { value, place: defined({ file: joinPath(built.root, CONFIG), line }) } });
}
