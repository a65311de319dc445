/** How data goes from SQLite to a database server, for apps that can use both. */
import type { Plan, Variable } from '../plan/types.js';
import { composeCommand } from './places.js';
import type { RenderedSource } from './rendered.js';
import { sqliteVariables, variableWithout } from './without-server.js';

type Page = readonly [name: string, title: string, lines: readonly string[]];

/** The page; none where the code has no SQLite address in place of a service's. */
export function databaseDocument(plan: Plan, source: RenderedSource): readonly Page[] {
  const variables = sqliteVariables(plan);
  const [first] = variables;
  if (first?.service === undefined) return [];
  const { service } = first;
  const chosen = [...variables, ...fileVariables(plan, variables)].map(({ name, default: given = '' }) => [
    name,
    kept(plan, given),
  ]);
  const without = variableWithout(plan, service);
  const values =
    without === undefined || chosen.some(([name]) => name === without) ? chosen : [...chosen, [without, '1']];
  return [
    [
      'sqlite-to-server',
      `From SQLite to ${service}`,
      [
        `The code uses SQLite where \`${first.name}\` is not set. The compose files set it for ${service}, unless \`.env\` says another value. With`,
        '',
        '```ini',
        ...values.map(([name, value]) => `${name}=${value}`),
        '```',
        '',
        `the app keeps its data in a file of its volume, which only one machine can use, and ${service} is not started: \`make down\` ends one that runs. Without these`,
        `lines it is the server's.`,
        '',
        ...carrying(plan, source),
      ],
    ],
  ];
}

/** Beside a backend of Django's, the variable with the name of the file: what the compose files say there is a server's database. */
function fileVariables({ variables }: Plan, found: readonly Variable[]): readonly Variable[] {
  const [backend] = found;
  if (backend === undefined || found.some(({ default: given }) => given?.includes('://'))) return [];
  const others = variables.filter(({ service, name }) => service === backend.service && name !== backend.name);
  const files = others.filter(({ default: given = '' }) => /\.(sqlite3?|db)$/.test(given) && !isBackend(given));
  if (files.length > 0) return files;
  // The code may put its path together: only the name of the variable tells.
  const named = others.filter(
    ({ name, default: given }) => given === undefined && /(^|_)(DB|DATABASE|NAME)$/.test(name),
  );
  return named.slice(0, 1).map(variable => ({ ...variable, default: 'db.sqlite3' }));
}

/** The value for a file that outlives containers: in the volume, where the code's own lies beside it. */
function kept({ processes }: Plan, value: string): string {
  const [volume] = processes.find(({ role }) => role === 'web')!.volumes;
  const [, scheme = '', path] = /^(sqlite[^:]*:\/\/\/)?(.*)$/.exec(value) ?? [];
  if (volume === undefined || path === undefined || path.startsWith('/') || !/\.\w+$/.test(path) || isBackend(value))
    return value;
  return `${scheme}${volume}/${path.split('/').at(-1)}`;
}

const isBackend = (value: string): boolean => value.includes('.backends.');

/** Django carries data over by itself; elsewhere tools for it depend on the models. */
function carrying({ migration, processes }: Plan, source: RenderedSource): readonly string[] {
  const web = processes.find(({ role }) => role === 'web')!.id;
  const compose = composeCommand(source, 'compose.yaml', 'compose.dev.yaml');
  if (migration?.command.includes('manage.py') !== true)
    return [
      'The new database gets its tables first, empty:',
      '',
      '```sh',
      'make up',
      '```',
      '',
      'Then copy rows, tables without foreign keys first, with the app stopped in both places.',
    ];
  return [
    'Where the old database is, before the change:',
    '',
    '```sh',
    `${compose} exec -T ${web} python manage.py dumpdata --natural-foreign --natural-primary -e contenttypes -e auth.permission > data.json`,
    '```',
    '',
    'With the new one, whose tables are there and empty:',
    '',
    '```sh',
    `${compose} exec -T ${web} python manage.py loaddata --format=json - < data.json`,
    '```',
  ];
}
