/** The scanner in a container of its own: it is given a list of parts and a database, and reaches nothing. */
import { type Directory, dag } from '@dagger.io/dagger';
import { entitle } from './titles.js';

/** The scanner's image and its program there. */
export interface Scanner {
  /** By digest where that is known. */
  readonly address: string;
  readonly program: string;
}

const DATABASE = '/database';
const REPORT = '/report/report.json';

/** What it would do beyond what it is asked for: look for newer versions of itself and of its database, or refuse one for its age, which is told. */
const OFFLINE = {
  GRYPE_DB_CACHE_DIR: DATABASE,
  GRYPE_DB_AUTO_UPDATE: 'false',
  GRYPE_DB_VALIDATE_AGE: 'false',
  GRYPE_CHECK_FOR_APP_UPDATE: 'false',
};

function scanner({ address }: Scanner) {
  return Object.entries(OFFLINE).reduce(
    (container, [name, value]) => container.withEnvVariable(name, value),
    dag.container().from(address),
  );
}

/** The database as it is on a day, which its makers hand out. */
export function databaseOf(used: Scanner, day: string): Directory {
  const args = [used.program, 'db', 'update'];
  entitle(args, { title: 'fetch the database of vulnerabilities', fetches: true });
  return scanner(used)
    .withEnvVariable('QUAYSIDE_DAY', day)
    .withDirectory(DATABASE, dag.directory())
    .withExec(args)
    .directory(DATABASE);
}

/** Looks every part of a list up. Returns the scanner's own report. */
export function lookUp(used: Scanner, sbom: string, database: Directory): Promise<string> {
  const list = '/sbom.cdx.json';
  const args = [used.program, `sbom:${list}`, '--output=json', `--file=${REPORT}`, '--quiet'];
  entitle(args, { title: 'look up vulnerabilities' });
  return scanner(used)
    .withDirectory('/report', dag.directory())
    .withNewFile(list, sbom)
    .withMountedDirectory(DATABASE, database)
    .withExec(args)
    .file(REPORT)
    .contents();
}
