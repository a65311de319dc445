/** The command that brings the database to the newest schema, as images run it. */
import type { Facts } from '../detect/facts.js';
import type { Step } from '../plan/types.js';
import { assetPath, bring } from './assets.js';

/** Runs Alembic at another address than the one that is written into its configuration. */
const AT_ADDRESS = 'alembic-address.py';

/** Does what a program does before it serves. */
const MAIN_BLOCK = 'main-block.py';

type MigrationFacts = Pick<Facts, 'migrate' | 'migrationAddress' | 'mainBlock'>;

/** Its words; undefined when there are no migrations. */
export function migrationCommand({
  migrate,
  migrationAddress,
  mainBlock,
}: MigrationFacts): readonly string[] | undefined {
  if (mainBlock !== undefined) return ['python', assetPath(MAIN_BLOCK), mainBlock.value];
  if (migrate === undefined || migrationAddress === undefined) return migrate?.value;
  return ['python', assetPath(AT_ADDRESS), migrationAddress.value, ...migrate.value.slice(1)];
}

/** The steps that bring what it needs beside the app's own. */
export function migrationFiles({ migrationAddress, mainBlock }: MigrationFacts): readonly Step[] {
  return [...(migrationAddress ? [bring(AT_ADDRESS)] : []), ...(mainBlock ? [bring(MAIN_BLOCK)] : [])];
}

/** How long a process may take until its health counts: what migrates before it starts needs as long as that takes. */
export function startPeriod(migrates: boolean): string {
  return migrates ? '600s' : '60s';
}
