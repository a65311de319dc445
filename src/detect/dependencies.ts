/** Declared Python dependencies with the lines they stand on: PEP 621, dependency groups, poetry's tables, requirements files. */
import { diagnose } from '../diagnostics/diagnose.js';
import type { Place } from '../diagnostics/diagnostic.js';
import type { Dependency, Tree } from './facts.js';
import { type Finding, failed, found } from './project.js';
import { isTable, stringsAt, type TomlFile, tableAt, tomlLine } from './toml-file.js';

/** Normalises a package name as PEP 503 says. */
export function normaliseName(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, '-');
}

/** Name and extras of a requirement such as `psycopg[binary] >=3`; undefined for a URL, path or option. */
export function readRequirement(text: string): { name: string; extras: string[] } | undefined {
  const parts = /^\s*([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(?:\[([^\]]*)\])?\s*(?=$|[(<>=!~;@#,\s])/.exec(
    text,
  );
  if (!parts) return undefined;
  const extras = (parts[2] ?? '')
    .split(',')
    .map(extra => extra.trim())
    .filter(extra => extra !== '');
  return { name: normaliseName(parts[1]!), extras: extras.map(normaliseName) };
}

/** The dependency with a name, a main one first; undefined when it is not declared. */
export function dependencyOn(dependencies: readonly Dependency[], ...names: readonly string[]): Dependency | undefined {
  const all = dependencies.filter(({ name }) => names.includes(name));
  return all.find(({ group }) => group === 'main') ?? all[0];
}

/** Dependencies that pyproject.toml declares: main, groups, and extras (whose group is the extra's name). */
export function pyprojectDependencies(file: TomlFile): Dependency[] {
  const { data, text } = file;
  const place = (section: string, key?: string, item?: string): Place => {
    const line = tomlLine(text, section, key, item);
    return line === undefined ? { file: file.path } : { file: file.path, line };
  };
  const list = (section: string[], key: string, groupName?: string): Dependency[] =>
    stringsAt(data, ...section, key).flatMap(item => dependency(item, place(section.join('.'), key, item), groupName));
  const table = (section: string[], groupName?: string): Dependency[] =>
    Object.entries(tableAt(data, ...section))
      .filter(([name]) => name !== 'python')
      .flatMap(([name, value]) => {
        const extras = isTable(value) ? stringsAt(value, 'extras') : [];
        const written = extras.length > 0 ? `${name}[${extras.join(',')}]` : name;
        return dependency(written, place(section.join('.'), name), groupName);
      });
  const keys = (...section: string[]) => Object.keys(tableAt(data, ...section));
  return [
    ...list(['project'], 'dependencies'),
    ...table(['tool', 'poetry', 'dependencies']),
    ...keys('dependency-groups').flatMap(group => list(['dependency-groups'], group, group)),
    ...keys('tool', 'poetry', 'group').flatMap(group =>
      table(['tool', 'poetry', 'group', group, 'dependencies'], group),
    ),
    ...table(['tool', 'poetry', 'dev-dependencies'], 'dev'),
    ...list(['tool', 'uv'], 'dev-dependencies', 'dev'),
    ...keys('project', 'optional-dependencies').flatMap(extra =>
      list(['project', 'optional-dependencies'], extra, extra),
    ),
  ];
}

function dependency(written: string, place: Place, groupName: string | undefined): Dependency[] {
  const read = readRequirement(written);
  if (!read) return [];
  return [
    {
      name: read.name,
      group: groupName === undefined ? 'main' : 'dev',
      ...(read.extras.length > 0 && { extras: read.extras }),
      ...(groupName !== undefined && { groupName }),
      place,
    },
  ];
}

/** Dependencies of a requirements file and of those it includes with -r; fails when an included file is missing. */
export async function requirementsDependencies(
  tree: Tree,
  path: string,
  group: 'main' | 'dev',
  seen: readonly string[] = [],
): Promise<Finding<readonly Dependency[]>> {
  const lines = ((await tree.read(path)) ?? '').split(/\r?\n/);
  const dependencies: Dependency[] = [];
  for (const [index, line] of lines.entries()) {
    const place = { file: path, line: index + 1 };
    const included = /^\s*(?:-r|--requirement)[\s=]+(\S+)/.exec(line)?.[1];
    if (included === undefined) {
      const read = readRequirement(line);
      const pinned = /^[^;#]*?==\s*([0-9][\w.]*)/.exec(line)?.[1];
      if (read) {
        const extras = read.extras.length > 0 && { extras: read.extras };
        dependencies.push({ name: read.name, group, ...extras, ...(pinned !== undefined && { pinned }), place });
      }
      continue;
    }
    const target = resolvePath(path, included);
    if (seen.includes(target) || target === path) continue;
    if (!tree.paths.includes(target)) {
      return failed(
        diagnose('QS210', {
          place,
          problem: `${path} includes ${target}, which does not exist`,
          expected: 'every file named after -r beside the file that names it',
          fix: `add ${target}, or remove the line`,
        }),
      );
    }
    const inner = await requirementsDependencies(tree, target, group, [...seen, path]);
    if (inner.value === undefined) return inner;
    dependencies.push(...inner.value);
  }
  return found(dependencies);
}

function resolvePath(from: string, to: string): string {
  const parts = from.split('/').slice(0, -1);
  for (const part of to.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.' && part !== '') parts.push(part);
  }
  return parts.join('/');
}
