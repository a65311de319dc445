/** What was detected, as data: every fact, where it was read, and the key of quayside.yaml that overrides it. */

import { publishedEnv, trialOnlyEnv } from '../../config/image-env.js';
import type { Configured } from '../../config/load.js';
import type { Config } from '../../config/schema.js';
import { configPlace } from '../../source/config-place.js';
import type { Sourced } from '../../source/sourced.js';
import { objectReference } from '../../support/app-object.js';
import { isKnownVersion } from '../../support/brought-servers.js';
import { kindWords } from '../../support/value-kinds.js';
import type { EntryPoint, Facts, NeededVariable } from '../facts.js';
import { frontendRows } from './frontend-rows.js';
import { leftRows } from './left-rows.js';
import { nativeRows, packageRows, pythonRows } from './python-rows.js';
import { type ExplainedRow, factValue, listed, placedIn, rowOf, rowOfAll, wordsRow } from './rows.js';
import { nodeSuiteRow, smokeRow, suiteRow } from './suite-rows.js';

/** What is said of one part of the app. */
export interface ExplainedSection {
  readonly title: string;
  readonly rows: readonly ExplainedRow[];
}

/** The sections that have something to say, in the order in which people read them; last what is configured but no fact. */
export function explained(facts: Facts, configured: Configured): readonly ExplainedSection[] {
  const inApp = (rows: readonly ExplainedRow[]) => placedIn(facts.root?.value, rows);
  const sections: readonly ExplainedSection[] = [
    {
      title: 'app',
      rows: [
        ...rowOf('directory', facts.root, 'root'),
        ...inApp(appRows(facts, configured.config)),
        ...unreadRows(facts),
      ],
    },
    { title: 'python', rows: inApp(pythonRows(facts)) },
    { title: 'packages of its own', rows: inApp(packageRows(facts)) },
    { title: 'frontend', rows: frontendRows(facts, configured.config) },
    {
      title: 'services',
      rows: [...inApp([...serviceRows(facts), ...absentRows(facts)]), ...ownServiceRows(configured)],
    },
    {
      title: 'beside the web server',
      rows: [...inApp([...componentRows(facts), ...leftRows(facts, 'service', 'container')]), ...gatewayRow(facts)],
    },
    { title: 'packages of the system', rows: inApp([...nativeRows(facts), ...leftRows(facts, 'package')]) },
    {
      title: 'suites',
      rows: [
        ...inApp(facts.suites.flatMap(suiteRow)),
        ...(facts.nodeSuites ?? []).flatMap(nodeSuiteRow),
        ...smokeRow(configured),
      ],
    },
    { title: 'configured', rows: configuredRows(configured) },
  ];
  return sections.filter(({ rows }) => rows.length > 0);
}

function appRows(facts: Facts, config: Config): readonly ExplainedRow[] {
  const { entry, health, migrate, workers, django, dockerignore, translations, buildCommands, copies = [] } = facts;
  const single = workers?.single;
  return [
    ...rowOf('name', facts.name, 'name'),
    ...rowOf('framework', facts.framework),
    ...rowOf('entry', entry && entryFact(entry), 'server.entry'),
    ...rowOf('server', facts.server, 'server.kind'),
    ...wordsRow('command', facts.started?.command, 'server.command'),
    ...rowOf('port', facts.started?.port, 'server.port'),
    ...(facts.brought ?? []).flatMap(({ kind, version }) => {
      const known = isKnownVersion(kind, version.value, facts.python.version.value)
        ? ''
        : ', whose hashes are not known';
      return rowOf('brought', { ...version, value: `${kind} ${version.value}${known}` }, 'server.version');
    }),
    ...rowOf('workers', workers?.workerClass, 'server.worker'),
    ...rowOf('workers', single && { ...single, value: '1', why: single.value }, 'server.workers'),
    ...rowOf('workers', workers?.count, 'server.workers'),
    ...wordsRow('server options', workers?.options),
    ...wordsRow('not taken over', workers?.leftOut),
    ...wordsRow('left out', workers?.lacks),
    ...rowOf('settings', workers?.conf),
    ...(health
      ? rowOf('health', health, 'health')
      : [{ name: 'health', value: 'the port is probed', why: 'no route looks like one', key: 'health' }]),
    ...(migrate
      ? wordsRow('migrate', migrate, 'migrate')
      : [{ name: 'migrate', value: 'none', why: 'no migrations found', key: 'migrate' }]),
    ...rowOf('migrates at', facts.migrationAddress),
    ...rowOf('settings', entry?.value.settings, 'env.DJANGO_SETTINGS_MODULE'),
    ...rowOf('settings of tests', django?.testSettings),
    ...rowOf('settings of developers', django?.developers),
    ...rowOf('translations', translations && { ...translations, value: `compiled: ${listed(translations.value)}` }),
    ...copies.flatMap(({ from, value, ...at }) => rowOf('copied', { ...at, value: `${from} to ${value}` })),
    ...(buildCommands?.value ?? []).flatMap(value =>
      rowOf('build', { value, place: buildCommands!.place }, 'build.commands'),
    ),
    ...(facts.warnings ?? []).flatMap(({ key, ...warning }) => rowOf('warning', warning, key)),
    ...leftRows(facts, 'file', 'build', 'copy', 'start', 'script', 'hook'),
    ...(django?.assets ?? []).flatMap(command => wordsRow('static files', command)),
    ...wordsRow('static files', django?.collectStatic),
    ...unservedRow(django, config),
    ...mediaRow(facts, config),
    ...rowOf('names of the site', django?.hosts),
    ...rowOf('names of the site', django?.names && { ...django.names, value: django.names.value.join(' ') || 'none' }),
    ...(facts.databaseFiles ?? []).flatMap(file => rowOf('kept in /data', file)),
    ...(facts.logFiles ?? []).flatMap(file => rowOf('logged in /tmp', file)),
    ...(facts.volumes ?? []).flatMap(volume => rowOf('volume', volume, 'volumes')),
    ...rowOf('ignored', dockerignore && { ...dockerignore, value: listed(dockerignore.value) }),
    ...facts.secrets.flatMap(secret => (isNeeded(facts, secret.value) ? [] : rowOf('secret', secret))),
    ...(facts.needed ?? []).flatMap(needed => rowOf('needed', neededFact(needed, facts, config), `env.${needed.name}`)),
    ...(facts.environment ?? []).flatMap(({ name, value }) =>
      rowOf('variable', { ...value, value: `${name}=${value.value}` }, `env.${name}`),
    ),
    ...(facts.unset ?? []).flatMap(unset => rowOf('not set', unset, `env.${unset.value.replace(/=.*$/s, '')}`)),
  ];
}

function unreadRows({ unread = [] }: Facts): readonly ExplainedRow[] {
  return unread.flatMap(({ file, ...limit }) =>
    rowOf('not read', {
      value: file,
      place: { file },
      why:
        'depth' in limit
          ? `brackets or lists in each other more than ${limit.depth} times`
          : `longer than ${limit.lines} lines or ${limit.bytes / 1024} kB`,
    }),
  );
}

function isNeeded({ needed = [] }: Facts, name: string): boolean {
  return needed.some(variable => variable.name === name);
}

/** A variable that people have to give: what it is, and what trials have in its place. */
function neededFact(
  { name, kind, place, trial, sometimes }: NeededVariable,
  facts: Facts,
  config: Config,
): Sourced<string> {
  const isGiven = facts.environment?.some(given => given.name === name) || trialOnlyEnv(config)[name] !== undefined;
  const made = trial === undefined ? 'random in trials' : `${trial} in trials`;
  const when = sometimes ? ', read where a condition holds' : '';
  return { value: name, place, why: `${kindWords(kind)} without a default${when}${isGiven ? '' : `; ${made}`}` };
}

function entryFact(entry: Sourced<EntryPoint>): Sourced<string> {
  return { ...entry, value: `${objectReference(entry.value)} (${entry.value.protocol})` };
}

/** Static files that the app leaves to others, and who hands them out. */
function unservedRow(django: Facts['django'], { gateway }: Config): readonly ExplainedRow[] {
  const url = django?.unserved;
  const value = gateway === false ? 'by nobody' : `by nginx in front, at ${url?.value}`;
  return rowOf('served', url && { ...url, value }, 'gateway');
}

/** Uploads that the app leaves to others, and who hands them out. */
function mediaRow({ django, gateway: own }: Facts, { gateway }: Config): readonly ExplainedRow[] {
  const media = django?.media;
  if (media === undefined || own !== undefined) return [];
  const value = gateway === false ? 'by nobody' : `by nginx in production, at ${media.url} of ${media.value}`;
  return rowOf('uploads', { ...media, value }, 'gateway');
}

function absentRows({ absentServices = [] }: Facts): readonly ExplainedRow[] {
  return rowOfAll(
    'not started',
    absentServices.map(({ service, place, why }) => ({ value: service, place, why, key: `services.${service}` })),
  );
}

function serviceRows({ services }: Facts): readonly ExplainedRow[] {
  return services.flatMap(({ kind, addresses = [], parts = [], inTests = {}, fixed, version, variant, inPlaceOf }) =>
    rowOfAll(kind, [
      ...addresses.flatMap(({ variable, scheme }, at) => [
        ...(scheme.value === addresses[at - 1]?.scheme.value
          ? []
          : [factValue({ ...scheme, value: `${scheme.value}://` }, at === 0 ? `services.${kind}.scheme` : undefined)]),
        factValue(variable, at === 0 ? `services.${kind}.variable` : undefined),
      ]),
      ...parts.map(part => factValue(part.variable)),
      ...[...(inTests.addresses ?? []), ...(inTests.parts ?? [])].map(({ variable }) => factValue(variable)),
      ...(fixed ? [factValue({ ...fixed, value: `found as ${fixed.value}` })] : []),
      ...(version ? [factValue({ ...version, value: `version ${version.value}` }, `services.${kind}.version`)] : []),
      ...(variant
        ? [factValue({ ...variant.title, value: `with ${variant.title.value}` }, `services.${kind}.image`)]
        : []),
      ...(inPlaceOf ? [factValue({ ...inPlaceOf, value: `instead of ${inPlaceOf.value}` })] : []),
    ]),
  );
}

/** Services that are run from images of the configuration. */
function ownServiceRows({ config, origins }: Configured): readonly ExplainedRow[] {
  return Object.entries(config.services?.own ?? {}).flatMap(([name, { image, variable, value }]) => {
    const at = (value: string, key: string) => ({ value, place: configPlace(origins, key), key });
    return rowOfAll(name, [
      at(image, `services.${name}.image`),
      at(`${variable}=${value}`, `services.${name}.variable`),
    ]);
  });
}

function componentRows({ components = [] }: Facts): readonly ExplainedRow[] {
  return components.flatMap(({ name, command }) => wordsRow(name, command, `components.${name}`));
}

function gatewayRow({ gateway }: Facts): readonly ExplainedRow[] {
  if (!gateway) return [];
  const { templates, tls } = gateway;
  return rowOf('nginx in front', { ...templates, value: `${templates.value}${tls ? ' (TLS)' : ''}` }, 'gateway');
}

/** What is only configured: decisions that detection has no part in. */
function configuredRows({ config, origins }: Configured): readonly ExplainedRow[] {
  const { own: _, ...known } = config.services ?? {};
  const own = (name: string, value: string | undefined, key: string) =>
    rowOf(name, value === undefined ? undefined : { value, place: configPlace(origins, key) }, key);
  return [
    ...own('port', config.port?.toString(), 'port'),
    ...own('workers', config.server?.workers?.toString(), 'server.workers'),
    ...Object.entries(known).flatMap(([kind, options]) => {
      if (options === false) return own(kind, 'not used', `services.${kind}`);
      return [
        ...own(kind, options?.version && `version ${options.version}`, `services.${kind}.version`),
        ...own(kind, options?.image, `services.${kind}.image`),
      ];
    }),
    ...Object.entries(config.suites ?? {}).flatMap(([name, options]) =>
      options === false ? own(name, 'not run', `suites.${name}`) : [],
    ),
    ...Object.entries(publishedEnv(config)).flatMap(([name, value]) => own(name, value, `env.${name}`)),
    ...Object.entries(trialOnlyEnv(config)).flatMap(([name, value]) =>
      own(name, `${value}, in trials only`, `env.${name}`),
    ),
  ];
}
