/** What a project says to pytest: the first file that has a part for it, as pytest looks for one. */
import { isTomlFile, parseToml, stringAt, stringsAt } from '../../source/toml-file.js';
import type { Tree } from '../../source/tree.js';

/** Pytest's files in its order, and where its part of them begins; absent: all of it is. */
const FILES: readonly { readonly path: string; readonly part?: RegExp }[] = [
  { path: 'pytest.toml' },
  { path: '.pytest.toml' },
  { path: 'pytest.ini' },
  { path: '.pytest.ini' },
  { path: 'pyproject.toml', part: /^\[tool\.pytest(\.ini_options)?\]/m },
  { path: 'tox.ini', part: /^\[pytest\]/m },
  { path: 'setup.cfg', part: /^\[tool:pytest\]/m },
];

/** Plugins that have a part of their own in pyproject.toml. */
const OF_PLUGINS = /^\[tool\.pytest_\w+\][^[]*/gm;

/** The settings. */
export interface PytestSettings {
  readonly file?: string;
  /** As they are written; '' when there are none. */
  readonly text: string;
  /** The options that every run begins with, as words. */
  readonly options: readonly string[];
}

/** Reads the settings in a directory. */
export async function readPytestSettings(tree: Tree): Promise<PytestSettings> {
  for (const { path, part } of FILES) {
    const text = tree.paths.includes(path) ? ((await tree.read(path)) ?? '') : undefined;
    const start = text === undefined ? -1 : part ? text.search(part) : 0;
    if (text === undefined || start < 0) continue;
    const own = part ? sectionAt(text, start) : text;
    const all = [own, ...(path === 'pyproject.toml' ? (text.match(OF_PLUGINS) ?? []) : [])].join('\n');
    return { file: path, text: all, options: path.endsWith('.toml') ? tomlOptions(path, text) : iniOptions(own) };
  }
  return { text: '', options: [] };
}

/** `addopts` of an INI file: the words of its line and of those that are indented below it. */
function iniOptions(text: string): readonly string[] {
  const [, value = ''] = /^addopts\s*=[ \t]*((?:.*(?:\n[ \t]+\S.*)*))/m.exec(text) ?? [];
  return wordsOf(value.replaceAll(/^[ \t]*[#;].*$/gm, ''));
}

function tomlOptions(path: string, text: string): readonly string[] {
  const file = parseToml(path, text, 'QS206');
  if (!isTomlFile(file)) return [];
  const tables = [['pytest'], ['tool', 'pytest'], ['tool', 'pytest', 'ini_options']];
  return tables.flatMap(table => [
    ...wordsOf(stringAt(file.data, ...table, 'addopts') ?? ''),
    ...stringsAt(file.data, ...table, 'addopts'),
  ]);
}

/** Words as a shell splits them. */
function wordsOf(text: string): readonly string[] {
  return [...text.matchAll(/(?:[^\s"']+|"[^"]*"|'[^']*')+/g)].map(([word]) => word.replaceAll(/["']/g, ''));
}

/** A part of a file, up to the head of the next. */
function sectionAt(text: string, start: number): string {
  const rest = text.slice(start + 1);
  const end = rest.search(/^\[[^\]]+\]\s*$/m);
  return text.slice(start, end < 0 ? undefined : start + 1 + end);
}

/** Whether the settings make pytest collect files of a name. */
export function collects({ text }: PytestSettings, name: string): boolean {
  const [, patterns = ''] = /^[ \t]*"?python_files"?\s*=\s*((?:.*(?:\n[ \t]+\S.*)*))/m.exec(text) ?? [];
  return patterns.split(/[\s"',[\]]+/).some(pattern => pattern !== '' && matches(pattern, name));
}

function matches(pattern: string, name: string): boolean {
  const escaped = pattern
    .replaceAll(/[.+^${}()|\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${escaped}$`).test(name);
}
