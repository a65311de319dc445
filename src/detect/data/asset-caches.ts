/** Where libraries that bundle a page's assets keep what they have bundled. */
import { argumentsOf, callsIn, type PythonModule, qualify } from '../code/module.js';
import { writtenPath } from '../code/written-paths.js';
import type { WrittenDirectory } from './made-directories.js';

/** Flask-Assets makes this directory in the one of static files, as soon as a page names a bundle. */
const OF_WEBASSETS = '.webassets-cache';

/** Finds the cache of Flask-Assets beside each Flask app of the code; none without Flask-Assets. */
export function assetCaches(modules: readonly PythonModule[]): readonly WrittenDirectory[] {
  const own = modules.filter(({ isTest }) => !isTest);
  const isUsed = own.some(({ imports }) => [...imports.values()].some(name => /^flask_assets(\.|$)/.test(name)));
  return isUsed ? own.flatMap(module => ofApps(module, modules)) : [];
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
