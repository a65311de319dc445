/** Builds and tests an app of its plan's text and its source alone: bundled to a file, this runs where Quayside's repository cannot be read. */
import { readFileSync } from 'node:fs';
import { connection, dag } from '@dagger.io/dagger';
import { openApp } from '../../../src/dagger/app.js';
import { checkSuites } from '../../../src/dagger/suites.js';
import { parsePlan } from '../../../src/plan/json.js';

const [planFile = '', source = '', repository = ''] = process.argv.slice(2);

/** Whether a file of the repository can be read from here. */
function isReadable(path: string): boolean {
  try {
    readFileSync(path);
    return true;
  } catch {
    return false;
  }
}

for (const file of ['compose/mariadb.yaml', 'docker/entrypoint.sh'])
  if (isReadable(`${repository}/${file}`)) throw new Error(`${file} of the repository can be read`);
const app = openApp(parsePlan(readFileSync(planFile, 'utf8')), dag.host().directory(source));
await connection(async () => {
  console.log(await checkSuites(app, ['unit', 'e2e']));
});
