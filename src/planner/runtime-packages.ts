/** Debian packages of the image that is published: unpacked by the machine that builds where the image is for another processor. */
import type { Facts } from '../detect/facts.js';
import type { Stage, Step } from '../plan/types.js';
import { quoteWords } from '../source/quote-words.js';
import type { DebianPackage } from '../support/native/definition.js';
import { assetPath, bring } from './assets.js';
import { pythonImage } from './python.js';
import { debianNames, fetching, installCommands, NO_QUESTIONS, removeLeftovers, shell } from './shell.js';

const IMAGE_STAGE = 'python-image';
/** The stage whose machine unpacks packages for another. */
export const UNPACKS = 'runtime-packages';
const UNPACK = 'unpack-packages.sh';

/** Where they lie in the stage that unpacks them, and the file that says so. */
const ROOT = '/target';
const DPKG = '/var/lib/dpkg';
const UNPACKED = `${DPKG}/quayside-unpacked`;

type Native = Pick<Facts, 'native' | 'python'>;

function packagesOf({ native }: Pick<Facts, 'native'>): readonly DebianPackage[] {
  return native.flatMap(({ runtime }) => runtime);
}

/** The stages that unpack them; none where there are no packages. What they leave is empty where nothing has to be emulated. */
export function runtimePackagesStages(facts: Native): readonly Stage[] {
  const packages = packagesOf(facts);
  if (packages.length === 0) return [];
  const base = { kind: 'image', reference: pythonImage(facts.python.version.value) } as const;
  const names = debianNames(packages);
  const unpack = shell('unpack runtime packages', [`sh ${assetPath(UNPACK)} ${ROOT} ${quoteWords(names)}`]);
  return [
    { id: IMAGE_STAGE, base, platform: 'target', steps: [] },
    {
      id: UNPACKS,
      base,
      platform: 'cross',
      steps: [
        { kind: 'copy', from: { kind: 'stage', stage: IMAGE_STAGE, path: DPKG }, to: `${ROOT}${DPKG}` },
        bring(UNPACK),
        fetching({ ...unpack, debian: names }),
      ],
    },
  ];
}

/** The steps of an image that install them: what is unpacked is configured there, and else apt does all. */
export function installRuntimePackages(facts: Pick<Facts, 'native'>): readonly Step[] {
  const packages = packagesOf(facts);
  if (packages.length === 0) return [];
  const configure = [`rm ${UNPACKED}`, 'dpkg --configure --pending'];
  const choice = `if [ -e ${UNPACKED} ]; then ${configure.join('; ')}; else ${installCommands(packages).join('; ')}; fi`;
  return [
    { kind: 'copy', from: { kind: 'stage', stage: UNPACKS, path: ROOT }, to: '/' },
    fetching({
      ...shell('install runtime packages', [NO_QUESTIONS, choice, removeLeftovers()]),
      debian: debianNames(packages),
    }),
  ];
}
