/** How data goes from SQLite to a database server, for apps that can use both. */
import type { Plan } from '../plan/types.js';

type Page = readonly [name: string, title: string, lines: readonly string[]];

/** The page; none where the code has no SQLite address in place of a service's. */
export function databaseDocument(plan: Plan): readonly Page[] {
  const variable = plan.variables.find(
    ({ service, default: given }) => service !== undefined && /^sqlite|\.backends\.sqlite/.test(given ?? ''),
  );
  if (variable?.service === undefined) return [];
  const { name, service } = variable;
  return [
    [
      'sqlite-to-server',
      `From SQLite to ${service}`,
      [
        `The code uses SQLite where \`${name}\` is not set. The compose files set it for ${service}; an override of theirs with the value`,
        `\`${variable.default}\` has the app go back to a file, which only one machine can use.`,
        '',
        ...carrying(plan),
      ],
    ],
  ];
}

/** Django carries data over by itself; elsewhere tools for it depend on the models. */
function carrying({ migration, processes }: Plan): readonly string[] {
  const web = processes.find(({ role }) => role === 'web')!.id;
  const compose = 'docker compose -f compose.yaml -f compose.dev.yaml';
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
