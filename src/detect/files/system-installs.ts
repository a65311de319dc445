/** Packages of a system that the commands of a Dockerfile install. */
import type { Sourced } from '../../source/sourced.js';
import type { Tree } from '../../source/tree.js';
import { imageRuns } from './dockerfile.js';
import type { DockerInstruction } from './dockerfile-instructions.js';
import { readOptions } from './options.js';
import type { RunProgram } from './runners.js';
import { imagePrograms } from './web-command.js';

const OF_DEBIAN = /^(apt|apt-get|aptitude)$/;
const OF_RED_HAT = /^(yum|dnf|microdnf)$/;

/** Options of apt that are followed by a value. */
const TAKING_VALUE = ['-o', '--option', '-t', '--target-release', '-c', '--config-file'];

/** The names that an instruction installs, by apt, by apk, or by those of Red Hat's family; without those that are taken away again. */
export async function systemInstalls(instruction: DockerInstruction): Promise<readonly string[]> {
  return instruction.kind === 'run' ? (await imagePrograms(instruction.command)).flatMap(installed) : [];
}

/** Finds what apt installs in the stages that the last one of the app's own image is made from. */
export async function debianInstalls(tree: Tree): Promise<readonly Sourced<readonly string[]>[]> {
  const found = (await imageRuns(tree)).map(async ({ value, place }) => {
    const programs = (await imagePrograms(value)).filter(({ program }) => OF_DEBIAN.test(program));
    return programs.map(installed).flatMap(names => (names.length > 0 ? [{ value: names, place }] : []));
  });
  return (await Promise.all(found)).flat();
}

/** The packages that a package manager of a system is told to install, each without its version. */
function installed({ program, args }: RunProgram): readonly string[] {
  const { operands } = readOptions(args, OF_DEBIAN.test(program) ? TAKING_VALUE : []);
  const [verb, ...others] = operands;
  const isInstall =
    OF_DEBIAN.test(program) || OF_RED_HAT.test(program)
      ? verb?.text === 'install'
      : program === 'apk' && verb?.text === 'add';
  // `apk add --virtual .build-deps gcc`: those are taken away again.
  const isPassing =
    args.some(({ text }) => /^(--virtual|-t)\b/.test(text)) &&
    others.some(({ text }) => /build|dep/.test(text) && text.startsWith('.'));
  if (!isInstall || isPassing) return [];
  return others.map(({ text }) => text.replace(/[=<>~:/].*$/, '')).filter(name => /^[a-z0-9][\w.+-]*$/.test(name));
}
