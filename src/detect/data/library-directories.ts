/** Directories that libraries keep things in which the app's code does not write itself: bundled assets, sessions, indexes. */
import { argumentsOf, callsIn, type PythonModule, qualify } from '../code/module.js';
import { writtenPath } from '../code/written-paths.js';
import type { WrittenDirectory } from './made-directories.js';

/** Flask-Assets makes this directory in the one of static files, as soon as a page names a bundle. */
const OF_WEBASSETS = '.webassets-cache';

/** Directories that libraries make where the app is started, as soon as it is, unless they are told another one. */
const MADE_BY_LIBRARIES: readonly { readonly module: RegExp; readonly directory: string; readonly text?: RegExp }[] = [
  { module: /^flask_whooshee(\.|$)/, directory: 'whooshee' },
  { module: /^flask_session(\.|$)/, directory: 'flask_session', text: /^filesystem$/ },
];

/** Finds the cache of Flask-Assets beside each Flask app of the code, and the directories that other libraries make. */
export function libraryDirectories(modules: readonly PythonModule[]): readonly WrittenDirectory[] {
  const own = modules.filter(({ isTest }) => !isTest);
  const bundles = importerOf(/^flask_assets(\.|$)/, own) ? own.flatMap(module => ofApps(module, modules)) : [];
  const made = MADE_BY_LIBRARIES.flatMap(({ module: name, directory, text }) => {
    const importer = importerOf(name, own);
    if (!importer || (text && !own.some(module => hasText(module, text)))) return [];
    const line = importer.statements.find(({ tokens }) => tokens.some(token => name.test(token.text)))?.line ?? 1;
    return [{ directory, place: { file: importer.path, line }, why: 'the library makes it' }];
  });
  return [...bundles, ...made];
}

function importerOf(name: RegExp, modules: readonly PythonModule[]): PythonModule | undefined {
  return modules.find(({ imports }) => [...imports.values()].some(imported => name.test(imported)));
}

function hasText({ statements }: PythonModule, text: RegExp): boolean {
  return statements.some(({ tokens }) => tokens.some(token => token.kind === 'string' && text.test(token.text)));
}

function ofApps(module: PythonModule, modules: readonly PythonModule[]): readonly WrittenDirectory[] {
  return module.statements.flatMap(({ tokens }) =>
    callsIn(tokens)
      .filter(({ callee }) => qualify(module, callee) === 'flask.Flask')
      .flatMap(({ open, line }) => {
        const given = argumentsOf(tokens, open).find(({ keyword }) => keyword === 'static_folder');
        const folder = given ? writtenPath(given.tokens, module, modules) : 'static';
        if (folder === undefined) return [];
        const beside = module.path.replace(/[^/]*$/, '');
        const directory = `${folder.startsWith('/') ? '' : beside}${folder}/${OF_WEBASSETS}`;
        return [{ directory, place: { file: module.path, line }, why: 'Flask-Assets keeps its bundles there' }];
      }),
  );
}
