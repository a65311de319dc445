/** What an app's Dockerfile, scripts and workflows install its packages with: that decides between several ways that its files offer. */
import { defined } from '../../source/defined.js';
import { joinPath, parentOf, resolvePath } from '../../source/paths.js';
import type { Sourced } from '../../source/sourced.js';
import type { Tree } from '../../source/tree.js';
import type { PythonPackageManager } from '../../support/managers/python/index.js';
import { listingManager, lockingManagers } from '../../support/python-managers.js';
import { bringsWebFramework } from '../../support/web-frameworks.js';
import { DOCKERFILES } from '../files/app-dockerfile.js';
import type { ShellWord } from '../files/command-line.js';
import { readInstructions } from '../files/dockerfile-instructions.js';
import { START_FILES, type StartFiles, startFilesIn } from '../files/start-commands.js';
import type { Project } from '../project.js';
import { readRequirements } from './requirements.js';

/** One way to install an app's packages. */
export interface UsedManager {
  readonly manager: PythonPackageManager;
  /** The requirements file that is installed. */
  readonly requirements?: string;
  /** Whether that is found where the directory of a Dockerfile is what is built: there may be other things built so. */
  readonly isBeside?: true;
}

/**
 * Finds what of several managers the app's own files use: those of the first kind of files that use one alone. Where a lock is
 * exported to requirements that are installed, the lock's manager counts.
 */
export async function usedManager(
  { tree, source }: Pick<Project, 'tree' | 'source'>,
  among: readonly PythonPackageManager[],
): Promise<Sourced<UsedManager> | undefined> {
  const trees = source === tree ? [tree] : [tree, source];
  for (const files of START_FILES) {
    const used = (await Promise.all(trees.map(one => usedIn(one, tree, files)))).flat();
    const known = used.filter(({ value }) => among.includes(value.manager));
    const locking = known.filter(({ value }) => value.manager !== listingManager().name);
    const counted = locking.length > 0 ? locking : known;
    if (new Set(counted.map(({ value }) => value.manager)).size === 1) return counted[0];
  }
  return undefined;
}

/**
 * Finds the requirements file that an app installs where its managers leave it open: one that its Dockerfiles install and none of those with
 * the usual names; where there is none of these, one that any of its files installs.
 * @param usual the file with a usual name
 */
export async function installedRequirements(
  { tree, source }: Pick<Project, 'tree' | 'source'>,
  usual: string | undefined,
): Promise<Sourced<UsedManager> | undefined> {
  const trees = source === tree ? [tree] : [tree, source];
  for (const files of START_FILES) {
    if (usual !== undefined && files.name !== DOCKERFILES) continue;
    const used = (await Promise.all(trees.map(one => usedIn(one, tree, files)))).flat();
    const lists = used.filter(
      ({ value: { requirements } }) => requirements !== undefined && !isForDevelopers(requirements),
    );
    if (lists.some(({ value }) => value.requirements === usual)) return undefined;
    const best = await withFramework(tree, lists);
    if (best) return best;
  }
  return undefined;
}

/** Of several lists that are installed the one that has a web framework: another may have a server alone. */
async function withFramework(
  tree: Tree,
  lists: readonly Sourced<UsedManager>[],
): Promise<Sourced<UsedManager> | undefined> {
  const read = await Promise.all(lists.map(({ value }) => readRequirements(tree, value.requirements!, 'main')));
  return (
    lists.find((_, at) => bringsWebFramework(read[at]?.value?.dependencies ?? [])) ??
    lists.find(({ value }) => !value.isBeside)
  );
}

/** Files for developers, those among them that lie in a directory of any name: `py-requirements/dev.txt`. */
function isForDevelopers(path: string): boolean {
  return (
    listingManager().devFiles.test(path) || /(^|[/_.-])(dev\w*|tests?|testing|local|ci|docs?|lint)\.txt$/i.test(path)
  );
}

async function usedIn(tree: Tree, app: Tree, files: StartFiles): Promise<readonly Sourced<UsedManager>[]> {
  const read = startFilesIn(tree, files).map(async path => {
    const text = (await tree.read(path)) ?? '';
    const copied = DOCKERFILES.test(path) ? copiedFiles(text, path) : [];
    const defaults = DOCKERFILES.test(path) ? defaultsIn(text) : new Map<string, string>();
    const commands = (await files.commands(text, path)).flatMap(({ command, place }) =>
      command.commands.flatMap(({ words, line }) => {
        const at = { ...place, ...defined({ line: place.line === undefined ? undefined : place.line + line }) };
        return usedBy(filledIn(words, defaults), app, copied).map(value => ({ value, place: at }));
      }),
    );
    return [...commands, ...(DOCKERFILES.test(path) ? copiedLocks(text, path) : [])].map(found => ({
      ...found,
      why: `as ${path} installs it`,
    }));
  });
  return (await Promise.all(read)).flat();
}

/** `COPY pyproject.toml uv.lock ./`. */
function copiedLocks(text: string, file: string): readonly Sourced<UsedManager>[] {
  return readInstructions(text).flatMap(({ line, ...body }) => {
    if (body.kind !== 'copy') return [];
    const names = body.from.map(path => path.split('/').at(-1));
    const copied = lockingManagers().filter(({ lock }) => names.includes(lock.path));
    return copied.map(({ name }) => ({ value: { manager: name }, place: { file, line } }));
  });
}

/** What a Dockerfile's arguments are unless a build says otherwise, the first of each name: `ARG REQUIREMENTS=production.txt`. */
function defaultsIn(text: string): ReadonlyMap<string, string> {
  const given = readInstructions(text).flatMap(body =>
    body.kind === 'arg' && body.value !== undefined ? [[body.name, body.value] as const] : [],
  );
  return new Map(given.toReversed());
}

function filledIn(words: readonly ShellWord[], defaults: ReadonlyMap<string, string>): readonly ShellWord[] {
  if (defaults.size === 0) return words;
  return words.map(word => ({
    ...word,
    text: word.text.replace(/\$(?:\{(\w+)\}|(\w+))/g, (whole, braced?: string, plain?: string) => {
      return defaults.get(braced ?? plain ?? '') ?? whole;
    }),
  }));
}

/** A file or directory that an image gets. */
interface CopiedPath {
  readonly from: string;
  readonly to: string;
  /** Whether `from` is as the directory of the Dockerfile would have it. */
  readonly isBeside?: true;
}

/** What an image gets, as it is written; then the same where the directory of the Dockerfile is what is built. */
function copiedFiles(text: string, dockerfile: string): readonly CopiedPath[] {
  const copied = readInstructions(text).flatMap(body =>
    body.kind === 'copy' ? body.from.map(from => ({ from, to: body.to })) : [],
  );
  const beside = copied.map(({ from, to }) => ({ from: resolvePath(parentOf(dockerfile), from), to }));
  return [...copied, ...beside.map(one => ({ ...one, isBeside: true as const }))];
}

function usedBy(words: readonly ShellWord[], app: Tree, copied: readonly CopiedPath[]): readonly UsedManager[] {
  const texts = words.map(({ text }) => text);
  const names = texts.map(text => text.split('/').at(-1)!);
  for (const manager of lockingManagers()) {
    const at = names.indexOf(manager.name);
    const verb = at < 0 ? undefined : texts.slice(at + 1).find(text => !text.startsWith('-'));
    if (verb !== undefined && manager.installs.includes(verb)) return [{ manager: manager.name }];
  }
  const pip = names.findIndex(name => /^pip[\d.]*$/.test(name));
  if (pip < 0 || !/^(install|wheel)$/.test(texts[pip + 1] ?? '')) return [];
  const files = texts.flatMap((text, at) => {
    const [, inside] = /^(?:-r|--requirement=)(.+)$/.exec(text) ?? [];
    return inside ?? (/^(-r|--requirement)$/.test(text) ? (texts[at + 1] ?? []) : []);
  });
  return files.flatMap(file => {
    const named = [{ path: file }, ...copied.flatMap(one => copiedTo(file, one))];
    const [first] = named.flatMap(({ path, ...how }) => {
      const requirements = pathIn(app, path);
      return requirements === undefined ? [] : [{ requirements, ...how }];
    });
    return first === undefined ? [] : [{ manager: listingManager().name, ...first }];
  });
}

/** What a file in an image is a copy of: itself, or what lies in a directory that the image gets. */
function copiedTo(file: string, { from, to, ...how }: CopiedPath) {
  const [name, directory] = [file.split('/').at(-1), to.replace(/\/+$/, '').split('/').at(-1)];
  if (from.split('/').at(-1) === name) return [{ path: from, ...how }];
  const at = directory ? file.lastIndexOf(`${directory}/`) : -1;
  return at < 0 ? [] : [{ path: joinPath(from, file.slice(at + directory!.length + 1)), ...how }];
}

/** A file of the source as an image names it: `/tmp/requirements.txt`, `./backend/requirements.txt`. */
function pathIn({ paths }: Tree, written: string): string | undefined {
  const parts = written.replace(/^\.\//, '').split('/');
  const ends = parts.map((_, at) => parts.slice(at).join('/'));
  return ends.find(end => paths.includes(end));
}
