/** The ways in which tools say where they build to. */
import { diagnose } from '../../../diagnostics/diagnose.js';
import type { Diagnostic } from '../../../diagnostics/diagnostic.js';
import type { Place } from '../../../diagnostics/place.js';
import { defined } from '../../../source/defined.js';
import { type Finding, found } from '../../../source/finding.js';
import { joinPath, resolvePath } from '../../../source/paths.js';
import { lineAt, type ScriptFile } from '../../../source/script-file.js';
import { type DirectoryKey, directoryIn } from '../../../source/script-values.js';
import type { BuildOutput, BuiltPackage } from '../definition.js';

/** What a configuration file says, and where. */
export interface Written {
  readonly value: string;
  readonly place: Place;
  /** The directory that it is relative to, where that is not for the tool to say. */
  readonly root?: string;
}

/** The text that a configuration file gives a key: `outDir: 'build'`. */
export function literalOf(config: ScriptFile | undefined, key: string): Written | undefined {
  return matchIn(config, new RegExp(`\\b${key}:\\s*(?:"([^"$\\n]+)"|'([^'$\\n]+)'|\`([^\`$\\n]+)\`)`));
}

/** The first group of a pattern in a configuration file that is there, else all that fits it. */
export function matchIn(config: ScriptFile | undefined, pattern: RegExp): Written | undefined {
  const match = config && pattern.exec(config.text);
  if (!match) return undefined;
  const value = match.slice(1).find(group => group !== undefined) ?? match[0];
  return { value, place: { file: config.path, line: lineAt(config.text, match.index) } };
}

/** The directory that a configuration file gives a key, in an object of a name; `unknown` where only running the file tells. */
export function directoryOf(
  config: ScriptFile | undefined,
  wanted: DirectoryKey,
  { root }: Pick<BuiltPackage, 'root'>,
): Written | 'unknown' | undefined {
  if (!config) return undefined;
  const directory = directoryIn(config, wanted);
  if (directory === undefined || directory === 'unknown') return directory;
  const { value, line, from } = directory;
  const own = config.path.slice(0, Math.max(config.path.lastIndexOf('/'), 0));
  return defined({
    value,
    place: { file: config.path, line },
    root: from === 'file' ? own : from === 'working directory' ? root : undefined,
  });
}

/** The first of several files that gives a key a directory. */
export function directoryInAny(
  configs: readonly ScriptFile[],
  wanted: DirectoryKey,
  built: Pick<BuiltPackage, 'root'>,
): Written | 'unknown' | undefined {
  // One after the other: to read one may load the compiler.
  for (const config of configs) {
    const directory = directoryOf(config, wanted, built);
    if (directory !== undefined) return directory;
  }
  return undefined;
}

/** What code calls the variables that the script gives the tool. */
export function environmentOf({ variables }: BuiltPackage): readonly (readonly [string, string])[] {
  return [...variables].map(([name, value]) => [`process.env.${name}`, value] as const);
}

/** A configuration file with those beside it that it takes its beginning from. */
export async function withMerged(built: BuiltPackage, config: ScriptFile | undefined): Promise<readonly ScriptFile[]> {
  if (!config) return [];
  const { path, text } = config;
  const names = [...text.matchAll(/\b(?:require\(\s*|from\s+)["'](\.{1,2}\/[^"']+)["']/g)].map(match => match[1]!);
  const files = await Promise.all(names.map(name => built.script(path, name)));
  return [config, ...files.flatMap(file => file ?? [])];
}

/** The directory that the configuration names, or the one that the tool builds to unless told otherwise. */
export function outputOf(
  { root, path }: Pick<BuiltPackage, 'root' | 'path'>,
  written: Written | 'unknown' | undefined,
  unless: { readonly title: string; readonly directory: string },
): Finding<BuildOutput> {
  if (written === 'unknown') return found<BuildOutput>(undefined);
  if (written) return found({ output: writtenPath(root, written) });
  const why = `where ${unless.title} builds to unless told otherwise`;
  return found({ output: { value: joinPath(root, unless.directory), place: { file: path }, why } });
}

/** A path that a configuration names, relative to the source. */
function writtenPath(root: string, { value, place, root: own = root }: Written) {
  return { value: resolvePath(own, value), place };
}

/** A single file that the configuration names. */
export function writtenFile({ root }: BuiltPackage, written: Written): BuildOutput {
  return { output: writtenPath(root, written), isFile: true };
}

/** Of a tool that only its command line tells where to write: when that does not say it, nothing does. */
export async function byCommandLine(): Promise<Finding<BuildOutput>> {
  return found<BuildOutput>(undefined);
}

/** A directory that the tool always builds its files to. */
export function staticSite({ root, path }: BuiltPackage, directory: string, why: string): Finding<BuildOutput> {
  return found({ output: { value: joinPath(root, directory), place: { file: path }, why } });
}

/** A build that makes a server which is not run, with what the tool can do instead. */
export function needsServer(
  file: string,
  remedy: { readonly tool: string; readonly expected: string; readonly fix: string },
): Diagnostic {
  return diagnose('QS409', { kind: 'server', ...remedy }, { file });
}
