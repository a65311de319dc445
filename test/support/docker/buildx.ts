/**
 * The docker client's plugin by which Compose builds. No registry of packages has it built, and compiling it takes two and a half minutes of a
 * processor: `./quayside setup --for-tests` does that where Go is, once, and engines that start later have it.
 */
import { join } from 'node:path';
import { execa } from 'execa';
import { fetched, isFetched, TEST_CACHE } from '../test-cache.js';

const VERSION = 'v0.38.2';
const NAME = `buildx-${VERSION}`;

/** The program, where it has been compiled. */
export function buildxProgram(): string | undefined {
  return isFetched(NAME) ? join(TEST_CACHE, NAME, 'buildx') : undefined;
}

/** Compiles it where that has not been done. Says why there will be none on this machine; undefined: there is. */
export async function compileBuildx(): Promise<string | undefined> {
  if (!isFetched(NAME) && (await execa('go', ['version'], { reject: false })).failed)
    return 'there is no Go to compile it';
  await fetched({
    name: NAME,
    saying: `compiling buildx ${VERSION} for the tests (minutes, once)`,
    // Compose asks it for its version, which the linker puts in.
    script: `mkdir -p "$1"
      GOBIN="$1" go install -ldflags "-s -w -X github.com/docker/buildx/version.Version=$2" "github.com/docker/buildx/cmd/buildx@$2"`,
    args: [VERSION],
  });
  return undefined;
}
