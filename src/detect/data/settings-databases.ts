/** Databases of SQLite that files of settings name, where the app's code reads them: config.yaml, settings.toml. */
import { resolvePath } from '../../source/paths.js';
import { mentionOf } from '../code/mentions.js';
import type { PythonModule } from '../code/module.js';
import type { Project } from '../project.js';
import { type DatabaseFile, relativeTo } from './database-files.js';

const SETTINGS = /(^|\/)[\w.-]+\.(ya?ml|toml|ini|cfg|conf|json)$/;

/** Of packages, migrations and containers, which say where to find theirs. */
const OTHERS = /(^|\/)(pyproject\.toml|setup\.cfg|alembic\.ini|package(-lock)?\.json|[\w.-]*compose[\w.-]*\.ya?ml)$/;

const ADDRESS = /^[^#;]*?\bsqlite(?:\+\w+)?:\/\/\/([^\s"'?:{}%$]+)/;

const ENDING = /\.(ya?ml|toml|ini|cfg|conf|json)/;

/** All that may be names of such files in some code, gone through once: a source may have thousands of them. */
function fileNames(modules: readonly PythonModule[]): string {
  const words = modules.flatMap(({ text }) => (ENDING.test(text) ? (text.match(/[\w.-]+/g) ?? []) : []));
  return [...new Set(words)].filter(word => ENDING.test(word)).join(' ');
}

/** Finds the files, absolute or relative to the app's directory, by the first address in each line. */
export async function settingsDatabases({ tree, modules }: Project): Promise<readonly DatabaseFile[]> {
  const names = fileNames(modules.filter(({ isTest }) => !isTest));
  const paths = tree.paths.filter(
    path => SETTINGS.test(path) && !OTHERS.test(path) && mentionOf([path.replace(/^.*\//, '')])(names),
  );
  const base = relativeTo(modules);
  const read = paths.map(async file =>
    ((await tree.read(file)) ?? '').split(/\r?\n/).flatMap((line, at) => {
      const [, written] = ADDRESS.exec(line) ?? [];
      if (written === undefined) return [];
      const value = written.startsWith('/') ? written : resolvePath(base, written);
      return [{ value, place: { file, line: at + 1 }, why: 'a database of SQLite' }];
    }),
  );
  return (await Promise.all(read)).flat();
}
