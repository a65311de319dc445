/** Packages of the system that Node packages are installed with, and that Node's slim images do not have. */
import { configPlace } from '../../source/config-place.js';
import { lineAt } from '../../source/script-file.js';
import type { Sourced } from '../../source/sourced.js';
import type { NodeProject } from '../facts.js';
import type { ImageStage } from '../files/image-stages.js';
import { type PackageJson, placeOfDependency } from '../files/package-json.js';
import { systemInstalls } from '../files/system-installs.js';
import type { Project } from '../project.js';

/** What package.json asks for of a git repository, as npm reads it: https://docs.npmjs.com/cli/v11/configuring-npm/package-json#git-urls-as-dependencies */
const ASKED = /^(?:git(?:\+\w+)?:|git@|(?:github|gitlab|bitbucket|gist):|(?!\.)[\w.-]+\/[\w.-]+(?:#.*)?$)|\.git(?:#|$)/;

/** What lock files have of one, but for archives of it that are fetched as any other: npm's and yarn's, pnpm's, those of Yarn 2 and newer. */
const LOCKED = /\bgit\+(?:ssh|https?|file):\/\/|"version": "github:|\btype: git\b|\.git#/;

/** git, where package.json asks for a repository. */
export function askedFromGit(file: PackageJson): readonly Sourced<string>[] {
  const [name] = [...file.dependencies].find(([, range]) => ASKED.test(range)) ?? [];
  return name === undefined
    ? []
    : [{ value: 'git', place: placeOfDependency(file, name), why: `${name} comes from a git repository` }];
}

/** git, where a lock file has a repository. */
export function lockedFromGit(path: string, lock: string): readonly Sourced<string>[] {
  const at = lock.search(LOCKED);
  if (at < 0) return [];
  return [
    { value: 'git', place: { file: path, line: lineAt(lock, at) }, why: 'a package comes from a git repository' },
  ];
}

/** What fetches or compiles, and goes by the same name wherever Debian is. */
const COMPILES =
  /^(git|openssh-client|python3|make|g\+\+|gcc|build-essential|autoconf|automake|libtool|nasm|pkg-config|lib[\w.+-]+-dev|zlib1g-dev)$/;

/** Alpine's names of such. */
const OF_ALPINE: Readonly<Record<string, string>> = {
  openssh: 'openssh-client',
  python: 'python3',
  'build-base': 'build-essential',
  pkgconfig: 'pkg-config',
  'cairo-dev': 'libcairo2-dev',
  'giflib-dev': 'libgif-dev',
  'jpeg-dev': 'libjpeg-dev',
  'libjpeg-turbo-dev': 'libjpeg-dev',
  'pango-dev': 'libpango1.0-dev',
  'vips-dev': 'libvips-dev',
  'zlib-dev': 'zlib1g-dev',
};

/** Those that a stage of the app's own Dockerfile installs. */
export async function packagesOfStage(stage: ImageStage): Promise<readonly Sourced<string>[]> {
  const found = stage.instructions.map(async instruction => {
    const names = (await systemInstalls(instruction)).map(name => OF_ALPINE[name] ?? name);
    const place = { file: stage.file, line: instruction.line };
    return names
      .filter(name => COMPILES.test(name))
      .map(value => ({ value, place, why: 'as its container installs it' }));
  });
  return (await Promise.all(found)).flat();
}

/** All that a frontend's packages take, each once: those of the configuration, those that its packages need, those of its own container. */
export function systemPackages(
  { config: { frontend }, origins }: Project,
  needed: NodeProject['systemPackages'] = [],
  own: readonly Sourced<string>[] = [],
): readonly Sourced<string>[] {
  const names = (frontend ? frontend.packages : undefined) ?? [];
  const configured = names.map(value => ({ value, place: configPlace(origins, 'frontend.packages') }));
  const all = [...configured, ...needed, ...own];
  return all.filter(({ value }, at) => all.findIndex(other => other.value === value) === at);
}
