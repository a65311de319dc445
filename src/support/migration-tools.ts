/** Programs that bring a database to the newest schema, as people call them when they deploy an app. */

/** One program: how it is known, and what makes it answer no question. */
export interface MigrationTool {
  readonly title: string;
  /** The package that brings it. */
  readonly package: string;
  readonly program: string;
  /** The words behind it that make it migrate, options aside. */
  readonly verbs: readonly string[];
  /** Options that are followed by a value. */
  readonly takingValue: readonly string[];
  /** The option without which it asks whether it is meant. */
  readonly unasked?: string;
  /** Whether the words behind those name a schema, which has to be the newest. */
  readonly namesSchema?: true;
  /** The file that its directory, or the one of an option, has to have; absent: it finds its scripts by itself. */
  readonly file?: { readonly name: string; readonly option: readonly string[]; readonly isDirectory?: true };
}

/** The words that name what the newest schema is. */
export const NEWEST = /^(heads?|latest)$/;

export const MIGRATION_TOOLS: readonly MigrationTool[] = [
  {
    title: 'Alembic',
    package: 'alembic',
    program: 'alembic',
    verbs: ['upgrade'],
    takingValue: ['-c', '--config', '-n', '--name', '-x'],
    namesSchema: true,
    file: { name: 'alembic.ini', option: ['-c', '--config'] },
  },
  {
    title: 'Flask-Migrate',
    package: 'flask-migrate',
    program: 'flask',
    verbs: ['db', 'upgrade'],
    takingValue: ['--app', '-A', '--env-file', '-e', '-d', '--directory', '-x', '--x-arg'],
    namesSchema: true,
    file: { name: 'alembic.ini', option: ['-d', '--directory'], isDirectory: true },
  },
  // https://docs.advanced-alchemy.litestar.dev/latest/usage/cli.html
  {
    title: 'Litestar',
    package: 'litestar',
    program: 'litestar',
    verbs: ['database', 'upgrade'],
    takingValue: ['--app', '--app-dir', '--bind-key', '--tag'],
    namesSchema: true,
    unasked: '--no-prompt',
  },
  {
    title: 'Advanced Alchemy',
    package: 'advanced-alchemy',
    program: 'alchemy',
    verbs: ['upgrade'],
    takingValue: ['--config', '--bind-key', '--tag'],
    namesSchema: true,
    unasked: '--no-prompt',
  },
  // https://piccolo-orm.readthedocs.io/en/latest/piccolo/migrations/running.html
  {
    title: 'Piccolo',
    package: 'piccolo',
    program: 'piccolo',
    verbs: ['migrations', 'forwards'],
    takingValue: [],
    file: { name: 'piccolo_conf.py', option: [] },
  },
  // https://ollycope.com/software/yoyo/latest/
  {
    title: 'yoyo',
    package: 'yoyo-migrations',
    program: 'yoyo',
    verbs: ['apply'],
    takingValue: ['-c', '--config', '-d', '--database', '-r', '--revision', '-m', '--match', '--migration-table'],
    unasked: '--batch',
  },
  {
    title: 'Aerich',
    package: 'aerich',
    program: 'aerich',
    verbs: ['upgrade'],
    takingValue: ['-c', '--config', '--app'],
  },
  {
    title: 'Tortoise ORM',
    package: 'tortoise-orm',
    program: 'tortoise',
    verbs: ['migrate'],
    takingValue: ['-c', '--config'],
  },
  {
    title: 'Prisma',
    package: 'prisma',
    program: 'prisma',
    verbs: ['migrate', 'deploy'],
    takingValue: ['--schema'],
  },
  {
    title: 'peewee-migrate',
    package: 'peewee-migrate',
    program: 'pw_migrate',
    verbs: ['migrate'],
    takingValue: ['--database', '--directory', '--name'],
  },
];
