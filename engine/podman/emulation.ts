/** Whether this machine runs programs of another processor: as the kernel tells of what is registered with it for that. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SetupError } from '../errors.js';
import { hostPlatform, platformArchitecture } from '../objects/platform.js';

/** How QEMU calls an architecture, and the bytes by which an ELF file of it is known (`e_machine`, as they lie in the file). */
const EMULATED: Readonly<Record<string, { readonly qemu: string; readonly machine: string }>> = {
  amd64: { qemu: 'x86_64', machine: '3e00' },
  arm64: { qemu: 'aarch64', machine: 'b700' },
  arm: { qemu: 'arm', machine: '2800' },
  ppc64le: { qemu: 'ppc64le', machine: '1500' },
  riscv64: { qemu: 'riscv64', machine: 'f300' },
  s390x: { qemu: 's390x', machine: '0016' },
};

/** What a processor runs beside its own programs, as a rule. */
const ALSO: Readonly<Record<string, readonly string[]>> = { amd64: ['386'], arm64: ['arm'] };

const KERNEL = '/proc/sys/fs/binfmt_misc';
const MACHINE_AT = 18;

/**
 * Why programs of a platform cannot be run in containers here; undefined when they can, or when nothing is known of the platform.
 * @param directory where the kernel tells what is registered with it
 */
export function whyNotRun(platform: string, directory = KERNEL): string | undefined {
  const [own, wanted] = [platformArchitecture(hostPlatform), platformArchitecture(platform)];
  const emulated = EMULATED[wanted];
  if (wanted === own || ALSO[own]?.includes(wanted) || emulated === undefined) return undefined;
  if (!existsSync(directory)) return `the kernel has no binfmt_misc: ${directory} is not there`;
  const isMounted = existsSync(join(directory, 'status'));
  if (!isMounted) return `binfmt_misc is not mounted on ${directory}`;
  const entries = entriesOf(directory).filter(({ machine }) => machine === emulated.machine);
  if (entries.length === 0) return `nothing is registered in ${directory} that runs programs for ${emulated.qemu}`;
  const enabled = entries.filter(({ isEnabled }) => isEnabled);
  if (enabled.length === 0 || !/^enabled/.test(readFileSync(join(directory, 'status'), 'utf8')))
    return `${entries[0]!.name} in ${directory} is switched off`;
  // Opened when it was registered: in a container there is no file of that name.
  if (!enabled.some(({ flags }) => flags.includes('F')))
    return `${enabled[0]!.name} in ${directory} is registered without the flag F, so it does not work in containers`;
  return undefined;
}

/** @throws SetupError when programs of a platform cannot be run here */
export function requireRunnable(platform: string): void {
  const why = whyNotRun(platform);
  if (why === undefined) return;
  throw new SetupError(
    `this machine runs no programs for ${platform}: ${why}\n  fix: run \`./quayside setup --platform=${platform}\` once, as root: it installs QEMU (apt-get install qemu-user-static) and tells the kernel of it`,
  );
}

interface Registered {
  readonly name: string;
  readonly isEnabled: boolean;
  readonly flags: string;
  readonly machine: string;
}

function entriesOf(directory: string): readonly Registered[] {
  const names = readdirSync(directory).filter(name => name !== 'status' && name !== 'register');
  return names.map(name => {
    const text = readFileSync(join(directory, name), 'utf8');
    const [, offset = '0'] = /^offset (\d+)$/m.exec(text) ?? [];
    const [, magic = ''] = /^magic ([0-9a-f]+)$/m.exec(text) ?? [];
    const at = (MACHINE_AT - Number(offset)) * 2;
    const isElf = magic.startsWith('7f454c46');
    return {
      name,
      isEnabled: /^enabled$/m.test(text),
      flags: /^flags: *(\S*)$/m.exec(text)?.[1] ?? '',
      machine: isElf ? magic.slice(at, at + 4) : '',
    };
  });
}
