/** Builds stages of a plan, whoever uses them, and writes each as an archive: `node stage-runner.mjs PLAN SOURCE DIRECTORY STAGE…`. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { connection, dag } from '@dagger.io/dagger';
import { openApp } from '../../../src/dagger/app.js';
import { parsePlan } from '../../../src/plan/json.js';

const [planFile = '', source = '', directory = '', ...stages] = process.argv.slice(2);

const app = openApp(parsePlan(readFileSync(planFile, 'utf8')), dag.host().directory(source));
await connection(async () => {
  for (const stage of stages) await (await app.stage(stage)).export(join(directory, `graph-${stage}.tar`));
});
