/** The ways in which tools say where they build to. */
import { diagnose } from '../../../diagnostics/diagnose.js';
import type { Diagnostic } from '../../../diagnostics/diagnostic.js';
import type { Place } from '../../../diagnostics/place.js';
import { type Finding, found } from '../../../source/finding.js';
import { joinPath, resolvePath } from '../../../source/paths.js';
import { lineAt, type ScriptFile } from '../../../source/script-file.js';
import { directoryIn } from '../../../source/script-values.js';
import type { BuildOutput, BuiltPackage } from '../definition.js';

/** What a configuration file says, and where. */
interface Written {
  readonly value: string;
  readonly place: Place;
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
  key: string,
  within?: string,
): Written | 'unknown' | undefined {
  if (!config) return undefined;
  const directory = directoryIn(config, key, within);
  if (directory === undefined || directory === 'unknown') return directory;
  return { value: directory.value, place: { file: config.path, line: directory.line } };
}

/** The directory that the configuration names, or the one that the tool builds to unless told otherwise. */
export function outputOf(
  { root, path }: Pick<BuiltPackage, 'root' | 'path'>,
  written: Written | 'unknown' | undefined,
  unless: { readonly title: string; readonly directory: string },
): Finding<BuildOutput> {
  if (written === 'unknown') return found<BuildOutput>(undefined);
  if (written) return found({ output: { value: resolvePath(root, written.value), place: written.place } });
  const why = `where ${unless.title} builds to unless told otherwise`;
  return found({ output: { value: joinPath(root, unless.directory), place: { file: path }, why } });
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
