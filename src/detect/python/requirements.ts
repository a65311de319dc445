/** Requirements files: what they list, which files they read, and the lines that stand for code in the source itself. */
import { diagnose } from '../../diagnostics/diagnose.js';
import type { Place } from '../../diagnostics/place.js';
import { defined } from '../../source/defined.js';
import { type Finding, failed, found } from '../../source/finding.js';
import { resolvePath } from '../../source/paths.js';
import type { Sourced } from '../../source/sourced.js';
import type { Tree } from '../../source/tree.js';
import { type Dependency, declared } from '../../support/dependency.js';
import type { BuildRule } from '../../support/managers/python/definition.js';
import { parseMarker } from '../../support/pep508/marker.js';
import { normaliseName, type Requirement, readRequirement } from '../../support/pep508/requirement.js';
import { requirementLines, withoutOptions } from './requirement-lines.js';
import { buildRules } from './source-builds.js';

/** What a requirements file and those it reads say. */
export interface Requirements {
  readonly dependencies: readonly Dependency[];
  /** The file itself and every file it reads with -r or -c. */
  readonly files: readonly string[];
  /** Lines such as `-e .` or `./libs/money`: the directory they name, relative to the source. */
  readonly local: readonly { readonly directory: string; readonly extras: readonly string[]; readonly place: Place }[];
  /** Whether any line carries a hash: pip then asks for one on every line. */
  readonly hashed: boolean;
  /** Lines such as `--no-binary cffi`, in their order. */
  readonly builds: readonly BuildRule[];
  /** What files read with -c name: versions of whatever is installed. */
  readonly constraints: readonly Dependency[];
  /** Files that a list for development reads and that are not there. */
  readonly absent: readonly Sourced<string>[];
}

/** What an empty file says. */
export const NOTHING: Requirements = {
  dependencies: [],
  files: [],
  local: [],
  hashed: false,
  builds: [],
  constraints: [],
  absent: [],
};

/** Reads a requirements file with those it includes; fails when one of them is missing, unless the list is for development: it keeps no app from running. */
export async function readRequirements(
  tree: Tree,
  path: string,
  group: Dependency['group'],
): Promise<Finding<Requirements>> {
  const { value: all, diagnostics } = await readOnce(path, { tree, group, read: new Set() });
  if (all === undefined) return { diagnostics };
  // The first that pins a package counts.
  const pins = new Map(
    all.constraints
      .toReversed()
      .map(({ name, pinned }) => [name, pinned] as const)
      .filter(([, pinned]) => pinned !== undefined),
  );
  return found({ ...all, dependencies: all.dependencies.map(dependency => constrained(dependency, pins)) });
}

interface Reading {
  readonly tree: Tree;
  readonly group: Dependency['group'];
  /** What was read, as which: files may name each other, and one by many ways. */
  readonly read: Set<string>;
}

/** Reads a file, and those that it names, unless they were. */
async function readOnce(path: string, reading: Reading, isConstraint = false): Promise<Finding<Requirements>> {
  const { tree, group, read } = reading;
  read.add(`${isConstraint} ${path}`);
  const parts: Requirements[] = [{ ...NOTHING, files: [path] }];
  for (const { text, line } of requirementLines((await tree.read(path)) ?? '')) {
    const place = { file: path, line };
    const [, option = '', written] = /^\s*(-r|--requirement|-c|--constraint)[\s=]+(\S+)/.exec(text) ?? [];
    if (written === undefined) {
      parts.push(readLine(text, group, place));
      continue;
    }
    const target = resolvePath(directoryOf(path), written);
    const constrains = isConstraint || /^(-c|--constraint)$/.test(option);
    if (/:\/\//.test(written) || read.has(`${constrains} ${target}`)) continue;
    if (!tree.paths.includes(target)) {
      if (group !== 'dev') return failed(diagnose('QS210', { file: path, missing: target }, place));
      parts.push({ ...NOTHING, absent: [{ value: target, place }] });
      continue;
    }
    const inner = await readOnce(target, reading, constrains);
    if (inner.value === undefined) return inner;
    parts.push(inner.value);
  }
  const all = together(parts);
  if (!isConstraint) return found(all);
  const { dependencies, files, constraints } = all;
  return found({ ...NOTHING, files, constraints: [...dependencies, ...constraints] });
}

/** A dependency with the version that a constraint pins, where it names none itself. */
function constrained(dependency: Dependency, pins: ReadonlyMap<string, Dependency['pinned']>): Dependency {
  if (dependency.pinned !== undefined || dependency.source !== undefined) return dependency;
  const pinned = pins.get(dependency.name);
  if (pinned === undefined) return dependency;
  return {
    ...dependency,
    pinned,
    get place() {
      return dependency.place;
    },
  };
}

const DIRECTORY =
  /^\s*(?:(?:-e|--editable)[\s=]+)?(?:file:)?(\.|(?:\.{1,2}\/|[\w-]+\/)[\w./-]*)(?:\[([^\]]*)\])?\s*(?:;.*)?$/;

function readLine(line: string, group: Dependency['group'], place: Place): Requirements {
  const hashed = /--hash[= ]/.test(line);
  const text = withoutOptions(line.replace(/^\s*(?:-e|--editable)[\s=]+(?=\S)/, ''));
  const [, directory, extra = ''] = DIRECTORY.exec(text) ?? [];
  if (directory !== undefined) {
    const extras = extra.split(',').flatMap(name => name.trim() || []);
    return { ...NOTHING, local: [{ directory: resolvePath('', directory), extras, place }] };
  }
  const isFromGit = /\bgit\+\S+/.test(text);
  const requirement = readRequirement(text) ?? (isFromGit ? repository(text) : undefined);
  if (requirement === undefined) return { ...NOTHING, hashed, builds: buildRules(line, place) };
  const dependencies = declared(requirement, { place, group, source: isFromGit ? 'git' : undefined, pins: true });
  return { ...NOTHING, dependencies, hashed };
}

/** A requirement that only an address names: its name is what `#egg=` says, else that of the repository. */
function repository(text: string): Requirement | undefined {
  const [address = '', marker = ''] = text.split(/\s;/);
  const [, name] =
    /[#&]egg=([\w.-]+)/.exec(address) ?? /\/([\w.-]+?)(?:\.git)?(?:@[^/\s]*)?(?:#\S*)?\s*$/.exec(address) ?? [];
  if (name === undefined) return undefined;
  return defined({ name: normaliseName(name), extras: [], versions: [], marker: parseMarker(marker) });
}

function directoryOf(path: string): string {
  return path.split('/').slice(0, -1).join('/');
}

function together(parts: readonly Requirements[]): Requirements {
  return {
    dependencies: parts.flatMap(({ dependencies }) => dependencies),
    files: [...new Set(parts.flatMap(({ files }) => files))],
    local: parts.flatMap(({ local }) => local),
    hashed: parts.some(({ hashed }) => hashed),
    builds: parts.flatMap(({ builds }) => builds),
    constraints: parts.flatMap(({ constraints }) => constraints),
    absent: parts.flatMap(({ absent }) => absent),
  };
}
