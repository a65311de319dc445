/** Packages of a system that an instruction of a Dockerfile installs. */
import type { DockerInstruction } from './dockerfile-instructions.js';
import { imagePrograms } from './web-command.js';

/** The names that its commands install, by apt, by apk, or by those of Red Hat's family; without those that are taken away again. */
export async function systemInstalls(instruction: DockerInstruction): Promise<readonly string[]> {
  if (instruction.kind !== 'run') return [];
  return (await imagePrograms(instruction.command)).flatMap(({ program, args }) =>
    installed(
      program,
      args.map(({ text }) => text),
    ),
  );
}

/** The packages that a package manager of a system is told to install. */
function installed(program: string, words: readonly string[]): readonly string[] {
  const [verb, ...others] = words.filter(word => !word.startsWith('-'));
  const isInstall = /^(apt|apt-get|aptitude|yum|dnf|microdnf)$/.test(program)
    ? verb === 'install'
    : program === 'apk' && verb === 'add';
  // `apk add --virtual .build-deps gcc`: those are taken away again.
  const isPassing =
    words.some(word => /^(--virtual|-t)\b/.test(word)) &&
    others.some(word => /build|dep/.test(word) && word.startsWith('.'));
  if (!isInstall || isPassing) return [];
  return others.map(word => word.replace(/[=<>~].*$/, '')).filter(word => /^[a-z0-9][\w.+-]*$/.test(word));
}
