/** What is explained of the frontend: how it is built, who serves it, and which packages are not built. */
import type { Config } from '../../config/schema.js';
import { formatPlace } from '../../diagnostics/place.js';
import { joinPath } from '../../source/paths.js';
import { NODE_MANAGERS } from '../../support/managers/node/index.js';
import type { Facts, FrontendFacts } from '../facts.js';
import { type ExplainedRow, listed, rowOf } from './rows.js';

/** The rows of the frontend, and of each package.json that is none. */
export function frontendRows(facts: Facts, config: Config): readonly ExplainedRow[] {
  return [...builtRows(facts, config), ...unbuiltRows(facts)];
}

function builtRows({ frontend }: Facts, config: Config): readonly ExplainedRow[] {
  if (!frontend) return [];
  const given = config.frontend ? (config.frontend.env ?? {}) : {};
  const { root } = frontend;
  const place = { file: root ? `${root}/package.json` : 'package.json' };
  return [
    { name: 'directory', value: root || '.', place, key: 'frontend.root' },
    ...rowOf('node', frontend.nodeVersion, 'frontend.nodeVersion'),
    ...lockRow(frontend),
    ...rowOf(frontend.packageManager.value, frontend.packageManagerVersion),
    ...(frontend.commands
      ? rowOf('commands', { ...frontend.commands, value: frontend.commands.value.join('; ') }, 'frontend.commands')
      : [frontend.buildScript, ...(frontend.moreScripts ?? [])].flatMap(script =>
          rowOf('script', script, 'frontend.script'),
        )),
    ...(frontend.systemPackages ?? []).flatMap(one => rowOf('debian package', one, 'frontend.packages')),
    ...(frontend.tools ?? []).flatMap(tool => rowOf('brought', tool)),
    ...rowOf('output', { ...frontend.output, value: outputText(frontend) }, 'frontend.output'),
    ...rowOf(
      'old hashes',
      frontend.oldHashes && {
        ...frontend.oldHashes,
        why: 'built with --openssl-legacy-provider, without which it fails',
      },
      'frontend.env.NODE_OPTIONS',
    ),
    ...placedRows(frontend),
    ...rowOf('server', frontend.server),
    ...rowOf('served by', frontend.served, 'frontend'),
    ...rowOf('published', frontend.apart, 'frontend'),
    ...rowOf('address of the app', frontend.apiVariable, 'frontend.env'),
    ...(frontend.variables ?? []).flatMap(({ variable, set }) => {
      const inImage = (frontend.given ?? []).find(({ value }) => value.name === variable.value);
      const value = given[variable.value] ?? inImage?.value.value;
      const why = value === undefined ? (set ? `set in ${formatPlace(set)}` : 'not set') : `set to ${value}`;
      return rowOf('baked in', { ...variable, why }, `frontend.env.${variable.value}`);
    }),
    ...givenRows(frontend),
  ];
}

/** Where the app's own image has what is built, beside where it is built. */
function placedRows({ placed = [] }: FrontendFacts): readonly ExplainedRow[] {
  return placed.flatMap(({ value: { path, include = [], to }, ...sourced }) => {
    const files = include.length > 0 ? listed(include.map(name => joinPath(path, name))) : path;
    return path === to ? [] : rowOf('copied', { ...sourced, value: `${files} to ${to}` });
  });
}

/** Variables that the app's own image gives the build. */
function givenRows({ given = [] }: FrontendFacts): readonly ExplainedRow[] {
  return given.flatMap(({ value: { name, value }, ...sourced }) =>
    rowOf('build variable', { ...sourced, value: `${name}=${value}` }, `frontend.env.${name}`),
  );
}

/** How many packages that are not built are named one by one. */
const MANY = 12;

function unbuiltRows({ unbuilt = [] }: Facts): readonly ExplainedRow[] {
  const more = unbuilt.length - MANY;
  return [
    ...unbuilt.slice(0, MANY).flatMap(item => rowOf('not built', item, 'frontend.root')),
    ...(more > 0 ? [{ name: 'not built', value: `${more} more` }] : []),
  ];
}

/** The lock file, or what its absence means. */
function lockRow({ lockfile, unlocked, packageManager }: FrontendFacts): readonly ExplainedRow[] {
  if (!unlocked) return rowOf('lock file', { ...lockfile, why: packageManager.value });
  const { lockCommand } = NODE_MANAGERS[packageManager.value];
  const why = `no versions are locked: two builds may differ; "${lockCommand}" writes ${lockfile.value}`;
  return rowOf('lock file', { value: 'none', place: lockfile.place, why });
}

/** What is made, in words: of a bundler's files not the maps and styles that may come with them. */
function outputText({ output, made = [] }: FrontendFacts): string {
  // The map of a file, and the styles that may come with a script, are told of by these.
  const isBeside = (path: string) => path.endsWith('.css') && made.includes(path.replace(/css$/, 'js'));
  const files = made.filter(path => !path.endsWith('.map') && !isBeside(path));
  return files.length > 0
    ? listed(files.map(path => joinPath(output.value, path.replace(/\/\*\*$/, ''))))
    : output.value || '.';
}
