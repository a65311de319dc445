/** What was detected, as text for people: every fact, where it was read, and the key of quayside.yaml that overrides it. */
import { CONFIG_FILE, type Configured } from '../config/load.js';
import type { Config } from '../config/schema.js';
import { formatPlace, type Place } from '../diagnostics/diagnostic.js';
import { configPlace } from '../source/config-place.js';
import { resolvePath } from '../source/paths.js';
import type { Sourced } from '../source/sourced.js';
import { objectReference } from '../support/app-object.js';
import { type DebianPackage, packageWords } from '../support/native/definition.js';
import type { Facts, SuiteFacts } from './facts.js';

/** A line of the explanation; `key` is '' for what no configuration changes. */
interface Row {
  readonly name: string;
  readonly value: string;
  readonly place: Place | undefined;
  readonly why?: string | undefined;
  readonly key: string;
}

/** Explains the facts as aligned plain text, one fact a line, with what is configured but no fact after them. */
export function explain(facts: Facts, configured: Configured): string {
  const { config } = configured;
  const sections: readonly (readonly [string, readonly Row[]])[] = [
    ['app', [...rootRow(facts), ...inApp(facts, appRows(facts))]],
    ['python', inApp(facts, pythonRows(facts))],
    ['frontend', frontendRows(facts, config)],
    ['services', inApp(facts, serviceRows(facts))],
    ['beside the web server', [...inApp(facts, componentRows(facts)), ...gatewayRow(facts)]],
    ['packages of the system', inApp(facts, nativeRows(facts))],
    ['suites', [...inApp(facts, suiteRows(facts.suites)), ...suiteRows(inNode(facts))]],
    ['configured', configuredRows(configured)],
  ];
  const rows = sections.flatMap(([, list]) => list);
  const widths = {
    name: widest(rows.map(row => row.name)),
    value: widest(rows.map(row => row.value)),
    origin: widest(rows.map(origin)),
  };
  const blocks = sections
    .filter(([, list]) => list.length > 0)
    .map(([title, list]) => `${title}\n${list.map(row => `  ${formatRow(row, widths)}`).join('\n')}`);
  return `${blocks.join('\n\n')}\n\nThe last column is the key of ${CONFIG_FILE} that overrides the line.\n`;
}

function formatRow(row: Row, widths: { name: number; value: number; origin: number }): string {
  const cells = [
    row.name.padEnd(widths.name),
    row.value.padEnd(widths.value),
    origin(row).padEnd(widths.origin),
    row.key,
  ];
  return cells.join('  ').trimEnd();
}

function origin({ place, why }: Row): string {
  const at = place ? formatPlace(place) : '';
  if (why === undefined) return at;
  return at === '' ? why : `${at}: ${why}`;
}

/** Width of a column: its longest text, but one long command does not push all others apart. */
function widest(texts: readonly string[]): number {
  return Math.min(56, Math.max(0, ...texts.map(text => text.length)));
}

function row(name: string, fact: Sourced<string>, key: string): Row {
  return { name, value: fact.value, place: fact.place, why: fact.why, key };
}

function rootRow({ root }: Facts): Row[] {
  return root ? [row('directory', root, 'root')] : [];
}

/** Rows about files of the app's directory, which people know by their paths in the source. */
function inApp({ root }: Facts, rows: readonly Row[]): readonly Row[] {
  return rows.map(entry =>
    root === undefined || entry.place === undefined || entry.place.key !== undefined
      ? entry
      : { ...entry, place: { ...entry.place, file: resolvePath(root.value, entry.place.file) } },
  );
}

function appRows(facts: Facts): Row[] {
  const { entry, migrate, health } = facts;
  return [
    row('name', facts.name, 'name'),
    row('framework', facts.framework, ''),
    row('entry', { ...entry, value: `${objectReference(entry.value)} (${entry.value.protocol})` }, 'server.entry'),
    row('server', facts.server, 'server.kind'),
    ...(facts.workers?.workerClass ? [row('workers', facts.workers.workerClass, 'server.worker')] : []),
    ...(facts.workers?.single
      ? [row('workers', { ...facts.workers.single, value: '1', why: facts.workers.single.value }, 'server.workers')]
      : []),
    ...(facts.workers?.conf ? [row('settings', facts.workers.conf, '')] : []),
    health
      ? row('health', health, 'health')
      : {
          name: 'health',
          value: 'the port is probed',
          place: undefined,
          why: 'no route looks like one',
          key: 'health',
        },
    migrate
      ? row('migrate', { ...migrate, value: migrate.value.join(' ') }, 'migrate')
      : { name: 'migrate', value: 'none', place: undefined, why: 'no migrations found', key: 'migrate' },
    ...(entry.value.settings ? [row('settings', entry.value.settings, 'env.DJANGO_SETTINGS_MODULE')] : []),
    ...(facts.django?.testSettings ? [row('settings of tests', facts.django.testSettings, '')] : []),
    ...(facts.django?.collectStatic
      ? [row('static files', { ...facts.django.collectStatic, value: facts.django.collectStatic.value.join(' ') }, '')]
      : []),
    ...(facts.django?.hosts ? [row('names of the site', facts.django.hosts, '')] : []),
    ...(facts.django?.names
      ? [row('names of the site', { ...facts.django.names, value: facts.django.names.value.join(' ') || 'none' }, '')]
      : []),
    ...(facts.databaseFiles ?? []).map(file => row('kept in /data', file, '')),
    ...(facts.volumes ?? []).map(volume => row('volume', volume, 'volumes')),
    ...(facts.dockerignore
      ? [row('ignored', { ...facts.dockerignore, value: listed(facts.dockerignore.value) }, '')]
      : []),
    ...facts.secrets.map(secret => row('secret', secret, '')),
  ];
}

/** The first few of a list, and how many more there are. */
function listed(values: readonly string[]): string {
  const shown = values.slice(0, 4).join(' ');
  return values.length > 4 ? `${shown} and ${values.length - 4} more` : shown;
}

function pythonRows({ python }: Facts): Row[] {
  const names = (group: 'main' | 'dev') =>
    new Set(python.dependencies.filter(item => item.group === group).map(item => item.name));
  const count = `${names('main').size} main, ${names('dev').size} for development`;
  return [
    row('version', python.version, 'python.version'),
    row('package manager', python.packageManager, ''),
    ...(python.lockfile ? [row('lock file', python.lockfile, '')] : []),
    ...(python.requirements ? [row('requirements', python.requirements.main, '')] : []),
    ...(python.requirements?.dev ? [row('requirements', python.requirements.dev, '')] : []),
    ...(python.member ? [row('package', python.member, 'python.package')] : []),
    ...(python.packageRoot ? [row('imports start in', python.packageRoot, '')] : []),
    ...(python.memberRoots ?? []).map(root => row('imports start in', root, '')),
    { name: 'dependencies', value: count, place: python.dependencies[0]?.place, key: '' },
    ...(python.groups ?? []).map(group => row('for production', group, 'python.groups')),
    ...(python.devGroup ? [row('test group', python.devGroup, '')] : []),
  ];
}

function frontendRows({ frontend }: Facts, config: Config): Row[] {
  if (!frontend) return [];
  const given = config.frontend ? (config.frontend.env ?? {}) : {};
  const { root, lockfile } = frontend;
  return [
    {
      name: 'directory',
      value: root || '.',
      place: { file: root ? `${root}/package.json` : 'package.json' },
      key: 'frontend.root',
    },
    row('node', frontend.nodeVersion, 'frontend.nodeVersion'),
    { name: 'lock file', value: lockfile.value, place: lockfile.place, why: frontend.packageManager.value, key: '' },
    ...(frontend.packageManagerVersion ? [row(frontend.packageManager.value, frontend.packageManagerVersion, '')] : []),
    row('script', frontend.buildScript, 'frontend.script'),
    row('output', frontend.output, 'frontend.output'),
    ...(frontend.server ? [row('server', frontend.server, '')] : []),
    ...(frontend.served ? [row('served by', frontend.served, 'frontend')] : []),
    ...(frontend.apart ? [row('published', frontend.apart, 'frontend')] : []),
    ...(frontend.apiVariable ? [row('address of the app', frontend.apiVariable, 'frontend.env')] : []),
    ...(frontend.variables ?? []).map(({ variable, set }) => {
      const value = given[variable.value];
      const why = value === undefined ? (set ? `set in ${formatPlace(set)}` : 'not set') : `set to ${value}`;
      return row('baked in', { ...variable, why }, `frontend.env.${variable.value}`);
    }),
  ];
}

function serviceRows({ services }: Facts): Row[] {
  return services.flatMap(({ kind, variable, scheme, also = [], parts = [], version, inPlaceOf }) => {
    const [first, ...rest] = [
      ...(scheme ? [row('', { ...scheme, value: `${scheme.value}://` }, `services.${kind}.scheme`)] : []),
      ...(variable ? [row('', variable, `services.${kind}.variable`)] : []),
      ...also.map(other => row('', other, '')),
      ...parts.map(part => row('', part.variable, '')),
      ...(version ? [row('', { ...version, value: `version ${version.value}` }, `services.${kind}.version`)] : []),
      ...(inPlaceOf ? [row('', { ...inPlaceOf, value: `instead of ${inPlaceOf.value}` }, '')] : []),
    ];
    return first ? [{ ...first, name: kind }, ...rest] : [];
  });
}

function componentRows({ components = [] }: Facts): Row[] {
  return components.map(({ name, command }) =>
    row(name, { ...command, value: command.value.join(' ') }, `components.${name}`),
  );
}

function gatewayRow({ gateway }: Facts): Row[] {
  if (!gateway) return [];
  const { templates, tls } = gateway;
  return [row('nginx in front', { ...templates, value: `${templates.value}${tls ? ' (TLS)' : ''}` }, 'gateway')];
}

function nativeRows({ native }: Facts): Row[] {
  return native.flatMap(({ dependency, build, runtime, place }) => {
    const row = (name: 'build' | 'runtime', packages: readonly DebianPackage[]): Row[] => {
      const value = packages.map(packageWords).join(' ');
      return packages.length === 0 ? [] : [{ name, value, place, why: `for ${dependency}`, key: `native.${name}` }];
    };
    return [...row('runtime', runtime), ...row('build', build)];
  });
}

function inNode({ nodeSuites = [] }: Facts): readonly SuiteFacts[] {
  return nodeSuites.map(({ name, program, place, browser }) => ({
    name,
    command: program,
    place,
    ...(browser && { browser }),
  }));
}

function suiteRows(suites: readonly SuiteFacts[]): Row[] {
  return suites.flatMap(suite => [
    { name: suite.name, value: suite.command.join(' '), place: suite.place, key: `suites.${suite.name}.command` },
    ...(suite.browser ? [row('', { ...suite.browser, value: `playwright ${suite.browser.value}` }, '')] : []),
    ...(suite.groups ? [{ name: '', value: `groups ${suite.groups.join(', ')}`, place: undefined, key: '' }] : []),
    ...(suite.without ?? []).map(file => row('', { ...file, value: `without ${file.value}` }, '')),
  ]);
}

/** What is only configured: decisions that detection has no part in. */
function configuredRows({ config, origins }: Configured): Row[] {
  const own = (name: string, value: string, key: string): Row => ({
    name,
    value,
    place: configPlace(origins, key),
    key,
  });
  return [
    ...(config.port === undefined ? [] : [own('port', String(config.port), 'port')]),
    ...(config.server?.workers === undefined ? [] : [own('workers', String(config.server.workers), 'server.workers')]),
    ...Object.entries(config.services ?? {}).flatMap(([kind, options]) => {
      if (options === false) return [own(kind, 'not used', `services.${kind}`)];
      return options?.version === undefined
        ? []
        : [own(kind, `version ${options.version}`, `services.${kind}.version`)];
    }),
    ...Object.entries(config.suites ?? {}).flatMap(([name, options]) =>
      options === false ? [own(name, 'not run', `suites.${name}`)] : [],
    ),
    ...Object.entries(config.env ?? {}).map(([name, value]) => own(name, value, `env.${name}`)),
  ];
}
