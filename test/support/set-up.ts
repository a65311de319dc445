/** Fetches what tests need beyond what Quayside itself needs; says what it fetches, and nothing when all is there: `./quayside setup --for-tests`. */
import { compileBuildx } from './docker/buildx.js';
import { programs, withoutDocker } from './docker/programs.js';

const withoutEngine = await withoutDocker();
if (withoutEngine === undefined) {
  await programs();
  const withoutBuildx = await compileBuildx();
  if (withoutBuildx !== undefined)
    console.error(`quayside: no buildx, and tests in which Compose builds will be skipped: ${withoutBuildx}`);
} else console.error(`quayside: no Docker Engine can run here, and its tests will be skipped: ${withoutEngine}`);
