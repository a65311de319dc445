import { type Finding, found } from '../../source/finding.js';
import { resolvePath } from '../../source/paths.js';
import { lineAt, type ScriptFile } from '../../source/script-file.js';
import type { BuildOutput, BuiltPackage, FrontendDefinition } from './definition.js';
import { directoryOf, outputOf, writtenFile } from './shared/outputs.js';

/** Rollup by its command line or its configuration. */
export const rollup: FrontendDefinition = {
  title: 'Rollup',
  doc: '`-o` and `-d` of its command line, `output.file` and `output.dir` of rollup.config',
  rank: 25,
  packages: [],
  commands: ['rollup'],
  watches: ['--watch'],
  makers: ['rollup'],
  writes: {
    files: ['-o', '--file'],
    directories: ['-d', '--dir'],
    takingValue: ['-f', '--format', '-i', '--input', '-n', '--name', '-p', '--plugin', '--environment'],
  },
  output,
};

async function output(built: BuiltPackage): Promise<Finding<BuildOutput>> {
  const config = await built.config('rollup.config', '-c', '--config');
  const [file, directory] = ['file', 'dir'].map(key => directoryOf(config, { key, within: 'output' }, built));
  if (file && file !== 'unknown' && directory === undefined) return found(writtenFile(built, file));
  if (file === 'unknown' && directory === undefined) return found(severalFiles(built, config));
  if (!directory || directory === 'unknown' || file) return found<BuildOutput>(undefined);
  return outputOf(built, directory, { title: 'Rollup', directory: 'dist' });
}

/** The directory around the files that a list of configurations names, each by a text; undefined where one is named otherwise. */
function severalFiles({ root }: BuiltPackage, config: ScriptFile | undefined): BuildOutput | undefined {
  if (!config) return undefined;
  const texts = [...config.text.matchAll(/\bfile:\s*(?:"([^"$\n]+)"|'([^'$\n]+)'|\w)/g)];
  const files = texts.map(([, double, single]) => double ?? single);
  const paths = files.flatMap(file => (file === undefined ? [] : [resolvePath(root, file)]));
  if (paths.length < files.length || paths.length === 0) return undefined;
  const [first = [], ...others] = paths.map(path => path.split('/').slice(0, -1));
  const end = first.findIndex((part, at) => others.some(parts => parts[at] !== part));
  const value = (end < 0 ? first : first.slice(0, end)).join('/');
  const place = { file: config.path, line: lineAt(config.text, texts[0]!.index) };
  return { output: { value, place, why: 'where its files lie' }, isShared: true };
}
