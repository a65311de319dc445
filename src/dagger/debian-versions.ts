/** Which versions of Debian packages an image would get today. */
import { dag, type Platform } from '@dagger.io/dagger';
import { execFailure } from './failures.js';
import { networkProblem } from './network-problem.js';
import { entitle } from './titles.js';

/** What is looked up. */
export interface WantedVersions {
  /** Address of the image. */
  readonly address: string;
  readonly platform: Platform;
  /** Names of packages; several of one divided by commas. */
  readonly names: readonly string[];
  /** When: what was found at another time is not asked for. */
  readonly at: string;
}

const PROGRAM = '/debian-versions.sh';
const TARGET = '/target';

/**
 * Asks apt, on the machine that builds, for whatever platform.
 * @param program text of docker/debian-versions.sh
 * @returns versions by names, of the packages and of all that they need
 */
export async function debianVersions(wanted: WantedVersions, program: string): Promise<Record<string, string>> {
  const { address, platform, names, at } = wanted;
  const args = ['sh', PROGRAM, platform.split('/')[1]!, `${TARGET}/var/lib/dpkg`, ...names];
  const title = `look up versions of Debian packages for ${platform}`;
  entitle(args, { title, fetches: true });
  try {
    const text = await dag
      .container()
      .from(address)
      .withUser('0')
      .withNewFile(PROGRAM, program)
      .withMountedDirectory(TARGET, dag.container({ platform }).from(address).rootfs())
      .withEnvVariable('QUAYSIDE_LOOKED_UP', at)
      .withExec(args)
      .stdout();
    const lines = text.split('\n').filter(line => line !== '');
    return Object.fromEntries(lines.map(line => line.split(' ') as [string, string]));
  } catch (error) {
    const failure = execFailure(error);
    throw (failure && networkProblem(failure, title)) ?? error;
  }
}
