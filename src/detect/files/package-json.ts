/** package.json as detection reads it, and lines in the files around it. */
import { worded } from '../../diagnostics/diagnose.js';
import type { Place } from '../../diagnostics/diagnostic.js';
import { type Finding, failed, found } from '../../source/finding.js';
import { joinPath } from '../../source/paths.js';
import type { Tree } from '../../source/tree.js';

export interface PackageJson {
  readonly path: string;
  /** Its directory; '' for the source itself. */
  readonly root: string;
  readonly text: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly scripts: Readonly<Record<string, unknown>>;
  readonly engines: Readonly<Record<string, unknown>>;
  /** Names of dependencies of all kinds, with the range asked for. */
  readonly dependencies: ReadonlyMap<string, string>;
}

/** Reads the package.json of a directory; a finding without a value says that there is none. */
export async function readPackageJson(tree: Tree, root: string): Promise<Finding<PackageJson>> {
  const path = joinPath(root, 'package.json');
  const text = await tree.read(path);
  if (text === undefined) return found<PackageJson>(undefined);
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    return failed(
      worded('QS404', {
        place: { file: path },
        problem: `${path} is not valid JSON: ${(error as Error).message.split('\n')[0]}`,
        expected: 'a JSON object as npm writes it',
        fix: 'correct the file; "npm pkg get" shows whether npm can read it',
      }),
    );
  }
  const data = asObject(parsed);
  const dependencies = ['dependencies', 'devDependencies', 'optionalDependencies'].flatMap(key =>
    Object.entries(asObject(data[key])).map(([name, range]) => [name, String(range)] as const),
  );
  return found({
    path,
    root,
    text,
    data,
    scripts: asObject(data.scripts),
    engines: asObject(data.engines),
    dependencies: new Map(dependencies),
  });
}

/** A parsed value as an object of unknown values; empty when it is none. */
export function asObject(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

/** The place of a text in a package.json. */
export function placeIn(file: { readonly path: string; readonly text: string }, needle: string): Place {
  return { file: file.path, ...lineOf(file.text, needle) };
}

/** The line of the first occurrence of a text; nothing when it does not occur. */
export function lineOf(text: string, needle: string): { line?: number } {
  const at = text.indexOf(needle);
  return at < 0 ? {} : { line: text.slice(0, at).split('\n').length };
}

/** Text of a JavaScript file with comments turned to blanks, so that lines stay where they are. */
export function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/|(^|\s)\/\/[^\n]*/g, match => match.replace(/[^\n]/g, ' '));
}

/** The first of a tool's configuration files that exists, its comments blanked. */
export async function readScriptConfig(
  tree: Tree,
  root: string,
  name: string,
): Promise<{ readonly path: string; readonly text: string } | undefined> {
  for (const extension of ['ts', 'js', 'mjs', 'mts', 'cjs', 'cts']) {
    const path = joinPath(root, `${name}.${extension}`);
    const text = await tree.read(path);
    if (text !== undefined) return { path, text: withoutComments(text) };
  }
  return undefined;
}
