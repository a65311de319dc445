import { type Finding, found } from '../../source/finding.js';
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
  if (!directory || directory === 'unknown' || file) return found<BuildOutput>(undefined);
  return outputOf(built, directory, { title: 'Rollup', directory: 'dist' });
}
