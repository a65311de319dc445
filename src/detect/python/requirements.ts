/** Requirements files: what they list, which files they read, and the lines that stand for code in the source itself. */
import { worded } from '../../diagnostics/diagnose.js';
import type { Diagnostic, Place } from '../../diagnostics/diagnostic.js';
import { type Finding, failed, found } from '../../source/finding.js';
import type { Tree } from '../../source/tree.js';
import type { Dependency } from '../../support/dependency.js';
import { readRequirement } from '../../support/dependency.js';
import { type BuildRule, buildRules } from './source-builds.js';

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
}

const NOTHING: Requirements = { dependencies: [], files: [], local: [], hashed: false, builds: [] };

/** Reads a requirements file with those it includes; fails when one of them is missing. */
export async function readRequirements(
  tree: Tree,
  path: string,
  group: 'main' | 'dev',
  seen: readonly string[] = [],
): Promise<Finding<Requirements>> {
  // PowerShell writes UTF-16, which pip reads: in the ASCII of names every other byte is nothing.
  const lines = ((await tree.read(path)) ?? '').replace(/[\0\ufffd\ufeff]/g, '').split(/\r?\n/);
  let all: Requirements = { ...NOTHING, files: [path] };
  for (const [index, line] of lines.entries()) {
    const place = { file: path, line: index + 1 };
    const [, option = '', written] = /^\s*(-r|--requirement|-c|--constraint)[\s=]+(\S+)/.exec(line) ?? [];
    if (written === undefined) {
      all = merge(all, readLine(line, group, place));
      continue;
    }
    const target = resolvePath(path, written);
    if (/:\/\//.test(written) || seen.includes(target) || target === path) continue;
    if (!tree.paths.includes(target)) return failed(missing(path, target, place));
    if (/^(-c|--constraint)$/.test(option)) all = merge(all, { ...NOTHING, files: [target] });
    else {
      const inner = await readRequirements(tree, target, group, [...seen, path]);
      if (inner.value === undefined) return inner;
      all = merge(all, inner.value);
    }
  }
  return found(all);
}

function readLine(line: string, group: 'main' | 'dev', place: Place): Requirements {
  const hashed = /--hash[= ]/.test(line);
  const [, directory, extra = ''] =
    /^\s*(?:(?:-e|--editable)[\s=]+)?(?:file:)?(\.|(?:\.{1,2}\/|[\w-]+\/)[\w./-]*)(?:\[([^\]]*)\])?\s*(?:[#;].*)?$/.exec(
      line,
    ) ?? [];
  if (directory !== undefined) {
    const extras = extra.split(',').flatMap(name => name.trim() || []);
    return { ...NOTHING, local: [{ directory: resolvePath('', directory), extras, place }] };
  }
  const read = readRequirement(line.replace(/^\s*(?:-e|--editable)[\s=]+(?=[\w.-]+\s*@)/, ''));
  const vcs = /\bgit\+\S+/.test(line) && !/^\s*#/.test(line);
  const name = read?.name ?? (vcs ? vcsName(line) : undefined);
  if (name === undefined) return { ...NOTHING, hashed, builds: buildRules(line, place) };
  const pinned = /^[^;#]*?===?\s*([0-9][\w.!+]*)(?!\S*\*)/.exec(line)?.[1];
  const dependency: Dependency = {
    name,
    group,
    ...(read && read.extras.length > 0 && { extras: read.extras }),
    ...(pinned !== undefined && { pinned }),
    ...(vcs && { source: 'git' as const }),
    place,
  };
  return { ...NOTHING, dependencies: [dependency], hashed };
}

/** Name of a package that only an address names: what `#egg=` says, else the repository's name. */
function vcsName(line: string): string | undefined {
  return (/[#&]egg=([\w.-]+)/.exec(line) ??
    /\/([\w.-]+?)(?:\.git)?(?:@[^/\s]*)?(?:#\S*)?\s*$/.exec(line))?.[1]?.toLowerCase();
}

function merge(a: Requirements, b: Requirements): Requirements {
  return {
    dependencies: [...a.dependencies, ...b.dependencies],
    files: [...new Set([...a.files, ...b.files])],
    local: [...a.local, ...b.local],
    hashed: a.hashed || b.hashed,
    builds: [...a.builds, ...b.builds],
  };
}

function missing(path: string, target: string, place: Place): Diagnostic {
  return worded('QS210', {
    place,
    problem: `${path} includes ${target}, which does not exist`,
    expected: 'every file named after -r or -c beside the file that names it',
    fix: `add ${target}, or remove the line`,
  });
}

function resolvePath(from: string, to: string): string {
  const parts = from.split('/').slice(0, -1);
  for (const part of to.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.' && part !== '') parts.push(part);
  }
  return parts.join('/');
}
