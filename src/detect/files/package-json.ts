/** package.json as detection reads it, and lines in the files around it. */
import { diagnose } from '../../diagnostics/diagnose.js';
import type { Place } from '../../diagnostics/place.js';
import { defined } from '../../source/defined.js';
import { type Finding, failed, found } from '../../source/finding.js';
import { asObject, jsonLine } from '../../source/json-file.js';
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

/** The objects of a package.json that name packages to install; of one named twice the last counts. */
const GROUPS = ['dependencies', 'devDependencies', 'optionalDependencies'];

/** Reads the package.json of a directory; a finding without a value says that there is none. */
export async function readPackageJson(tree: Tree, root: string): Promise<Finding<PackageJson>> {
  const path = joinPath(root, 'package.json');
  // npm reads a file with a byte order mark too.
  const text = (await tree.read(path))?.replace(/^\uFEFF/, '');
  if (text === undefined) return found<PackageJson>(undefined);
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    const [said = ''] = (error as Error).message.split('\n');
    return failed(diagnose('QS404', { path, said }, { file: path }));
  }
  const data = asObject(parsed);
  const dependencies = GROUPS.flatMap(key =>
    Object.entries(asObject(data[key])).map(([name, range]) => [name, String(range)] as const),
  );
  return found({
    path,
    root,
    text,
    data,
    scripts: withOwnValues(asObject(data.scripts), data),
    engines: asObject(data.engines),
    dependencies: new Map(dependencies),
  });
}

/** Scripts with what npm gives them of the file itself: `$npm_package_config_assets` is what `config` gives `assets`. */
function withOwnValues(scripts: PackageJson['scripts'], data: PackageJson['data']): PackageJson['scripts'] {
  const config = asObject(data.config);
  const filled = (text: string) =>
    text.replace(
      /\$(?:\{npm_package_config_(\w+)\}|npm_package_config_(\w+))/g,
      (whole, braced?: string, bare?: string) => {
        const value = config[braced ?? bare ?? ''];
        return typeof value === 'string' && /^[\w@./-]*$/.test(value) ? value : whole;
      },
    );
  return Object.fromEntries(
    Object.entries(scripts).map(([name, text]) => [name, typeof text === 'string' ? filled(text) : text]),
  );
}

/** The place in a package.json that a path of keys leads to, such as `engines`, `node`; the file as a whole when there is none. */
export function placeIn({ path, text }: PackageJson, ...keys: readonly string[]): Place {
  return defined({ file: path, line: jsonLine(text, ...keys) });
}

/** The place where a package.json asks for a package. */
export function placeOfDependency(file: PackageJson, name: string): Place {
  return placeIn(
    file,
    ...(GROUPS.flatMap(group => (name in asObject(file.data[group]) ? [[group, name]] : [])).at(-1) ?? []),
  );
}
