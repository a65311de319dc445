/** What a package is installed with: compiled by uv for every version of Python that apps are built with, each file with its hash. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { parse } from 'smol-toml';

/** Versions of Python that apps are built with: a release is resolved for the first that it runs on, and for all newer ones. */
const PYTHONS = ['3.6.8', '3.7', '3.8', '3.9', '3.10', '3.11', '3.12'];

interface LockFile {
  readonly name?: string;
  readonly url: string;
  readonly hashes: { readonly sha256: string };
}

interface Locked {
  readonly name: string;
  readonly version: string;
  readonly marker?: string;
  readonly sdist?: LockFile;
  readonly wheels?: readonly LockFile[];
}

/** What lists are compiled with. */
export interface Compiling {
  readonly scratch: string;
  /** A file of constraints. */
  readonly constraints: string;
  /** Takes the hashes of every package by `name==version`. */
  readonly hashes: Map<string, readonly string[]>;
}

/** The lines of a requirement, or several in lines, and all they need; undefined when no Python can have it. */
export async function compiledList(
  requirement: string,
  { scratch, constraints, hashes }: Compiling,
  without: readonly string[] = [],
  pythons: readonly string[] = PYTHONS,
): Promise<readonly string[] | undefined> {
  const [python, ...newer] = pythons;
  if (python === undefined) return undefined;
  const file = join(scratch, `pylock.${requirement.replaceAll(/\W+/g, '-').slice(0, 80)}.toml`);
  const options = `pip compile --quiet --universal --python-version ${python} --no-python-downloads --format pylock.toml`;
  const { failed } = await execa(
    'uv',
    [...options.split(' '), '--constraint', constraints, '--output-file', file, '-'],
    { input: requirement, reject: false },
  );
  if (failed) return compiledList(requirement, { scratch, constraints, hashes }, without, newer);
  const { packages = [] } = parse(readFileSync(file, 'utf8')) as unknown as { packages?: readonly Locked[] };
  return packages
    .filter(({ name }) => !without.includes(name))
    .map(({ name, version, marker, sdist, wheels = [] }) => {
      hashes.set(`${name}==${version}`, filesTaken(sdist, wheels));
      return marker === undefined ? `${name}==${version}` : `${name}==${version} ; ${marker}`;
    });
}

/** One file for every machine where there is one, else those for Linux and the source. */
function filesTaken(sdist: LockFile | undefined, wheels: readonly LockFile[]): readonly string[] {
  const fileOf = ({ name, url }: LockFile) => name ?? url.split('/').at(-1)!;
  const everywhere = wheels.filter(wheel => fileOf(wheel).endsWith('-none-any.whl'));
  const onLinux = wheels.filter(wheel => /linux\w*_(x86_64|aarch64)/.test(fileOf(wheel)));
  const taken = everywhere.length > 0 ? everywhere : [...onLinux, ...(sdist ? [sdist] : [])];
  return taken.map(file => file.hashes.sha256);
}

/** The hashes of the packages that lines name, by `name==version`, in the order of these. */
export function hashesOf(
  lines: readonly string[],
  hashes: ReadonlyMap<string, readonly string[]>,
): Readonly<Record<string, readonly string[] | undefined>> {
  const used = [...new Set(lines.map(line => line.split(' ')[0]!))].sort();
  return Object.fromEntries(used.map(pin => [pin, hashes.get(pin)]));
}
