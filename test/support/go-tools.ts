/**
 * Programs of the tests that no registry of packages has built: `./quayside setup --for-tests` compiles them where Go is, once. A test that
 * needs one skips, and says so, where there is none.
 */
import { join } from 'node:path';
import { execa } from 'execa';
import { fetched, isFetched, TEST_CACHE } from './test-cache.js';

interface GoTool {
  readonly package: string;
  readonly version: string;
  /** What the linker is told besides. */
  readonly link?: string;
  readonly takes: string;
}

const TOOLS = {
  actionlint: { package: 'github.com/rhysd/actionlint/cmd/actionlint', version: 'v1.7.12', takes: 'seconds' },
  // By which Compose builds; it asks it for its version, which only the linker puts in.
  buildx: {
    package: 'github.com/docker/buildx/cmd/buildx',
    version: 'v0.38.2',
    link: '-X github.com/docker/buildx/version.Version=v0.38.2',
    takes: 'minutes',
  },
  // Large, and for one test alone, which skips without it.
  cosign: { package: 'github.com/sigstore/cosign/v2/cmd/cosign', version: 'v2.6.5', takes: 'minutes' },
  // Three that look into a registry, each by code of its own; each for one test, which skips without it.
  crane: { package: 'github.com/google/go-containerregistry/cmd/crane', version: 'v0.22.1', takes: 'a minute' },
  kubeconform: { package: 'github.com/yannh/kubeconform/cmd/kubeconform', version: 'v0.8.0', takes: 'seconds' },
  kustomize: { package: 'sigs.k8s.io/kustomize/kustomize/v5', version: 'v5.7.1', takes: 'a minute' },
  oras: { package: 'oras.land/oras/cmd/oras', version: 'v1.3.6', takes: 'a minute' },
  regctl: { package: 'github.com/regclient/regclient/cmd/regctl', version: 'v0.11.7', takes: 'a minute' },
} as const satisfies Readonly<Record<string, GoTool>>;

export type GoToolName = keyof typeof TOOLS;

const directoryOf = (name: GoToolName): string => `${name}-${TOOLS[name].version}`;

/** The program, where it has been compiled. */
export function goTool(name: GoToolName): string | undefined {
  return isFetched(directoryOf(name)) ? join(TEST_CACHE, directoryOf(name), name) : undefined;
}

/** Compiles what has not been compiled. Says why something will be missing on this machine; undefined: all is there. */
export async function compileGoTools(): Promise<string | undefined> {
  const names = Object.keys(TOOLS) as GoToolName[];
  const missing = names.filter(name => goTool(name) === undefined);
  if (missing.length > 0 && (await execa('go', ['version'], { reject: false })).failed)
    return `there is no Go to compile ${missing.join(', ')}`;
  for (const name of missing) {
    const { package: path, version, takes, link = '' }: GoTool = TOOLS[name];
    await fetched({
      name: directoryOf(name),
      saying: `compiling ${name} ${version} for the tests (${takes}, once)`,
      script: 'mkdir -p "$1"; GOBIN="$1" go install -ldflags "-s -w $3" "$2"',
      args: [`${path}@${version}`, link],
    });
  }
  return undefined;
}
