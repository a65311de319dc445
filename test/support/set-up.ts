/** Fetches what tests need beyond what Quayside itself needs; says what it fetches, and nothing when all is there: `./quayside setup --for-tests`. */
import { programs, withoutDocker } from './docker/programs.js';
import { compileGoTools } from './go-tools.js';
import { pythonTools, withoutPythonTools } from './python-tools.js';

const say = (text: string): void => console.error(`quayside: ${text}`);

const withoutLinters = await withoutPythonTools();
if (withoutLinters === undefined) await pythonTools();
else say(`tests that ask linters will be skipped: ${withoutLinters}`);

const withoutEngine = await withoutDocker();
if (withoutEngine === undefined) await programs();
else say(`tests on a Docker Engine will be skipped: ${withoutEngine}`);

const withoutGo = await compileGoTools();
if (withoutGo !== undefined) say(`some tests will be skipped: ${withoutGo}`);
