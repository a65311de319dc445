/** The command that brings the database to the newest schema, as images run it. */
import type { Facts } from '../detect/facts.js';
import type { Step } from '../plan/types.js';
import { assetPath, bring } from './assets.js';

/** Runs Alembic at another address than the one that is written into its configuration. */
const AT_ADDRESS = 'alembic-address.py';

type MigrationFacts = Pick<Facts, 'migrate' | 'migrationAddress'>;

/** Its words; undefined when there are no migrations. */
export function migrationCommand({ migrate, migrationAddress }: MigrationFacts): readonly string[] | undefined {
  if (migrate === undefined || migrationAddress === undefined) return migrate?.value;
  return ['python', assetPath(AT_ADDRESS), migrationAddress.value, ...migrate.value.slice(1)];
}

/** The steps that bring what it needs beside the app's own. */
export function migrationFiles({ migrationAddress }: MigrationFacts): readonly Step[] {
  return migrationAddress === undefined ? [] : [bring(AT_ADDRESS)];
}

/** How long a process may take until its health counts: what migrates before it starts needs as long as that takes. */
export function startPeriod(migrates: boolean): string {
  return migrates ? '600s' : '60s';
}
