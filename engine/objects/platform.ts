/** Platforms as containerd reads and writes them: `linux/amd64`, `linux/arm/v7`, `arm64`. */

const systems = ['linux', 'windows', 'darwin', 'freebsd', 'netbsd', 'openbsd', 'solaris', 'plan9', 'android', 'aix'];
const architectures = [
  '386',
  'amd64',
  'arm',
  'arm64',
  'loong64',
  'mips64',
  'mips64le',
  'ppc64',
  'ppc64le',
  'riscv64',
  's390x',
  'wasm',
];
const hostArchitecture = process.arch === 'x64' ? 'amd64' : process.arch;

/** The platform of this machine, in its normal form. */
export const hostPlatform = `linux/${hostArchitecture}`;

/** The architecture of a platform in its normal form: `arm64` of `linux/arm64/v8`. */
export function platformArchitecture(platform: string): string {
  return platform.split('/')[1] ?? '';
}

const component = /^[A-Za-z0-9_.-]+$/;

function normalize(architecture: string, variant: string): readonly [architecture: string, variant: string] {
  const lower = variant.toLowerCase();
  switch (architecture.toLowerCase()) {
    case 'i386':
      return ['386', ''];
    case 'x86_64':
    case 'x86-64':
    case 'amd64':
      return ['amd64', lower === 'v1' ? '' : lower];
    case 'aarch64':
    case 'arm64':
      return ['arm64', ['8', 'v8'].includes(lower) ? '' : lower];
    case 'armhf':
      return ['arm', 'v7'];
    case 'armel':
      return ['arm', 'v6'];
    case 'arm':
      return ['arm', lower === '' ? 'v7' : lower.replace(/^(?=[5678]$)/, 'v')];
    default:
      return [architecture.toLowerCase(), lower];
  }
}

const join = (...parts: readonly string[]): string => parts.filter(part => part !== '').join('/');

/** Parses a platform to its normal form. @throws Error for what is none */
export function parsePlatform(text: string): string {
  const parts = text.split('/');
  if (!parts.every(part => component.test(part)) || parts.length > 3)
    throw new Error(`invalid platform ${JSON.stringify(text)}: expected a form such as linux/amd64 or linux/arm64`);
  const [first = '', second, third] = parts;
  const system = first.toLowerCase() === 'macos' ? 'darwin' : first.toLowerCase();
  if (second === undefined) {
    if (systems.includes(system)) return join(system, hostArchitecture);
    const [architecture, variant] = normalize(first, '');
    if (!architectures.includes(architecture))
      throw new Error(`${JSON.stringify(text)} is neither an operating system nor an architecture`);
    return join('linux', architecture, architecture === 'arm' && variant === 'v7' ? '' : variant);
  }
  const [architecture, variant] = normalize(second, third ?? '');
  if (third === undefined) return join(system, architecture, architecture === 'arm' && variant === 'v7' ? '' : variant);
  return join(system, architecture, architecture === 'arm64' && variant === '' ? 'v8' : variant);
}
