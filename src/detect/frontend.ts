/** Finds the Node frontend: a package.json with a build script, its lock file, its Node version and where it builds to. */
import { diagnose } from '../diagnostics/diagnose.js';
import type { Place } from '../diagnostics/diagnostic.js';
import type { FrontendFacts, Sourced, Tree } from './facts.js';
import { configPlace, type Finding, failed, found, type Project } from './project.js';

/** Major versions of Node that can be asked for; the first is taken when nothing asks. */
export const KNOWN_NODES = ['22', '24', '20'] as const;

/** Directories looked into, besides those that configuration names. */
const ROOTS = ['frontend', 'client', 'web', 'webapp', 'ui', 'app/frontend', 'assets', 'www', 'spa', ''];

const OTHER_LOCKS: Readonly<Record<string, string>> = {
  'yarn.lock': 'yarn',
  'pnpm-lock.yaml': 'pnpm',
  'bun.lock': 'bun',
  'bun.lockb': 'bun',
};

interface PackageJson {
  readonly path: string;
  readonly root: string;
  readonly text: string;
  readonly scripts: Readonly<Record<string, unknown>>;
  readonly engines: Readonly<Record<string, unknown>>;
}

/** Finds the frontend; a finding without a value says that the app has none. */
export async function detectFrontend(project: Project): Promise<Finding<FrontendFacts>> {
  const { tree, config } = project;
  if (config.frontend === false) return found<FrontendFacts>(undefined);
  const configured = config.frontend ?? {};
  const script = configured.script ?? 'build';
  const roots =
    configured.root === undefined ? rootsIn(tree) : [configured.root.replace(/\/+$/, '').replace(/^\.\/?/, '')];
  const packages: PackageJson[] = [];
  for (const root of roots) {
    const file = await readPackageJson(tree, root);
    if (file.diagnostics.length > 0) return failed(...file.diagnostics);
    if (file.value) packages.push(file.value);
  }
  const [first, second] = packages.filter(({ scripts }) => typeof scripts[script] === 'string');
  if (!first)
    return config.frontend === undefined
      ? found<FrontendFacts>(undefined)
      : failed(noScript(packages[0], roots, script));
  if (second) return failed(twoFrontends(first, second));
  const node = await nodeVersion(project, first);
  const lock = lockfile(tree, first);
  if (node.value === undefined || lock.value === undefined) return failed(...node.diagnostics, ...lock.diagnostics);
  const scriptPlace = { file: first.path, ...lineOf(first.text, `"${script}"`) };
  return found({
    root: first.root,
    packageManager: { value: 'npm', place: lock.value.place },
    nodeVersion: node.value,
    lockfile: lock.value,
    buildScript: {
      value: script,
      place: configured.script === undefined ? scriptPlace : configPlace('frontend.script'),
    },
    output: await outputDirectory(project, first),
  });
}

/** Known names of frontend directories that have a package.json, or else the directories of one at the first level. */
function rootsIn(tree: Tree): string[] {
  const all = tree.paths.filter(path => /(^|\/)package\.json$/.test(path) && !path.includes('node_modules/'));
  const roots = all.map(path => path.replace(/\/?package\.json$/, ''));
  const known = ROOTS.filter(root => roots.includes(root));
  return known.length > 0 ? known : roots.filter(root => !root.includes('/')).sort();
}

async function readPackageJson(tree: Tree, root: string): Promise<Finding<PackageJson>> {
  const path = join(root, 'package.json');
  const text = await tree.read(path);
  if (text === undefined) return found<PackageJson>(undefined);
  try {
    const data: unknown = JSON.parse(text);
    return found({ path, root, text, scripts: section(data, 'scripts'), engines: section(data, 'engines') });
  } catch (error) {
    return failed(
      diagnose('QS404', {
        place: { file: path },
        problem: `${path} is not valid JSON: ${(error as Error).message.split('\n')[0]}`,
        expected: 'a JSON object as npm writes it',
        fix: 'correct the file; "npm pkg get" shows whether npm can read it',
      }),
    );
  }
}

function section(data: unknown, key: string): Readonly<Record<string, unknown>> {
  const value = typeof data === 'object' && data !== null ? (data as Record<string, unknown>)[key] : undefined;
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function lockfile(tree: Tree, { root, path }: PackageJson): Finding<Sourced<string>> {
  const lock = ['package-lock.json', 'npm-shrinkwrap.json']
    .map(name => join(root, name))
    .find(name => tree.paths.includes(name));
  if (lock !== undefined) return found({ value: lock, place: { file: lock } });
  const other = Object.keys(OTHER_LOCKS).find(name => tree.paths.includes(join(root, name)));
  if (other !== undefined) {
    return failed(
      diagnose('QS403', {
        place: { file: join(root, other) },
        problem: `the frontend is locked with ${OTHER_LOCKS[other]}`,
        expected: 'package-lock.json of npm',
        fix: `run "npm install --package-lock-only" in ${root || 'the source directory'} and commit package-lock.json`,
      }),
    );
  }
  return failed(
    diagnose('QS401', {
      place: { file: path },
      problem: `${path} has a build script, and no lock file pins its packages`,
      expected: `${join(root, 'package-lock.json')} in the source`,
      fix: 'run "npm install --package-lock-only" there and commit it, or write "frontend: false" in quayside.yaml',
    }),
  );
}

async function nodeVersion(project: Project, file: PackageJson): Promise<Finding<Sourced<string>>> {
  const frontend = project.config.frontend || {};
  if (frontend.nodeVersion !== undefined) return knownNode(frontend.nodeVersion, configPlace('frontend.nodeVersion'));
  for (const path of new Set([
    join(file.root, '.nvmrc'),
    join(file.root, '.node-version'),
    '.nvmrc',
    '.node-version',
  ])) {
    const text = (await project.tree.read(path))?.trim();
    if (text) return knownNode(text, { file: path, line: 1 });
  }
  const { node } = file.engines;
  if (typeof node !== 'string') {
    return found({ value: KNOWN_NODES[0], place: { file: file.path }, why: 'nothing asks for a version' });
  }
  const place = { file: file.path, ...lineOf(file.text, '"node"') };
  const choice = KNOWN_NODES.find(major => nodeRangeAllows(node, Number(major)));
  return choice === undefined
    ? failed(unknownNode(node, place))
    : found({ value: choice, place, why: `engines.node is ${node}` });
}

function knownNode(written: string, place: Place): Finding<Sourced<string>> {
  const lts: Readonly<Record<string, string>> = {
    'lts/iron': '20',
    'lts/jod': '22',
    'lts/krypton': '24',
    'lts/*': '24',
    node: '24',
  };
  const major = lts[written.toLowerCase()] ?? /^v?(\d+)(\.|$)/.exec(written)?.[1];
  const isKnown = (KNOWN_NODES as readonly (string | undefined)[]).includes(major);
  return isKnown ? found({ value: major!, place }) : failed(unknownNode(written, place));
}

function unknownNode(written: string, place: Place) {
  return diagnose('QS405', {
    place,
    problem: `Node "${written}" is not supported`,
    expected: `one of ${KNOWN_NODES.toSorted().join(', ')}`,
    fix: 'change it, or write another version under frontend.nodeVersion in quayside.yaml',
  });
}

/** Whether an npm range allows some release of a major version: the bounds' majors decide. */
function nodeRangeAllows(range: string, major: number): boolean {
  return range.split('||').some(part => {
    const clauses = [...part.matchAll(/(>=|<=|>|<|\^|~|=)?\s*v?(\d+|[xX*])(?:\.(\d+|[xX*]))?/g)];
    return clauses.every(([, operator = '', number = '', minor = '']) => {
      if (!/\d/.test(number)) return true;
      const bound = Number(number);
      if (operator === '>=') return major >= bound;
      if (operator === '>') return /\d/.test(minor) ? major >= bound : major > bound;
      if (operator === '<=') return major <= bound;
      if (operator === '<') return Number(minor) > 0 ? major <= bound : major < bound;
      return major === bound;
    });
  });
}

async function outputDirectory({ tree, config }: Project, { root, path }: PackageJson): Promise<Sourced<string>> {
  const configured = config.frontend === false ? undefined : config.frontend?.output;
  if (configured !== undefined) return { value: configured, place: configPlace('frontend.output') };
  for (const extension of ['ts', 'js', 'mjs', 'mts']) {
    const file = join(root, `vite.config.${extension}`);
    const text = (await tree.read(file))?.replace(/\/\*[\s\S]*?\*\/|(^|\s)\/\/[^\n]*/g, match =>
      match.replace(/[^\n]/g, ' '),
    );
    const written = text === undefined ? null : /\boutDir:\s*(["'`])([^"'`$]+)\1/.exec(text);
    if (text === undefined || !written) continue;
    return { value: resolve(root, written[2]!), place: { file, ...lineOf(text, written[0]) } };
  }
  return { value: join(root, 'dist'), place: { file: path }, why: 'where Vite builds to unless told otherwise' };
}

function noScript(file: PackageJson | undefined, roots: readonly string[], script: string) {
  const where = join(roots[0] ?? '', 'package.json');
  return diagnose('QS406', {
    place: file ? { file: file.path } : configPlace('frontend'),
    problem: file ? `${file.path} has no script "${script}"` : `there is no ${where}`,
    expected: `a package.json with the script "${script}"`,
    fix: file
      ? 'correct frontend.script in quayside.yaml, or add the script'
      : 'correct frontend.root in quayside.yaml, or remove it',
  });
}

function twoFrontends(first: PackageJson, second: PackageJson) {
  return diagnose('QS402', {
    place: { file: second.path },
    problem: `both ${first.path} and ${second.path} have a build script`,
    expected: 'one frontend, or a line of configuration that names it',
    fix: `write in quayside.yaml: frontend: { root: "${first.root || '.'}" } (or "${second.root || '.'}")`,
  });
}

function lineOf(text: string, needle: string): { line?: number } {
  const at = text.indexOf(needle);
  return at < 0 ? {} : { line: text.slice(0, at).split('\n').length };
}

function join(root: string, path: string): string {
  return root === '' ? path : `${root}/${path}`;
}

function resolve(root: string, path: string): string {
  const parts = path.startsWith('/') ? [] : root.split('/').filter(part => part !== '');
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.' && part !== '') parts.push(part);
  }
  return parts.join('/');
}
