/** Package indexes that an app's files name, and the credentials that they are asked with. */
import { defined, unlessEmpty } from '../../source/defined.js';
import { joinPath } from '../../source/paths.js';
import { isTomlFile } from '../../source/toml-file.js';
import type { Tree } from '../../source/tree.js';
import type { LockingManager, PackageIndex } from '../../support/managers/python/definition.js';
import { lockingManagers, type Named } from '../../support/python-managers.js';
import type { IndexAddress, OpenIndexFact } from '../facts.js';
import { credentialsInAddresses, type NamedCredential, type WrittenLine } from '../files/credentials.js';
import type { Project } from '../project.js';
import type { PackageFacts } from './package-facts.js';
import { readManifest } from './package-manager.js';
import { readPipConfig } from './pip-config.js';
import { requirementLines } from './requirement-lines.js';

/** What is known of them. */
export interface IndexCredentials {
  readonly named: readonly NamedCredential[];
  /** Names of variables that indexes are asked with: those of files, and those that the manager would read. */
  readonly variables: ReadonlySet<string>;
  /** What pip is told beside its lists. */
  readonly indexes: readonly IndexAddress[] | undefined;
  /** Indexes without credentials. */
  readonly open: readonly OpenIndexFact[] | undefined;
}

/** An index with the place that names it. */
interface WrittenIndex extends PackageIndex {
  readonly file: string;
  readonly line?: number;
}

/** Reads requirements files, the manifest of the package manager and the source's own pip.conf. */
export async function indexCredentials(project: Project, packages: PackageFacts): Promise<IndexCredentials> {
  const forms = Object.entries(project.config.secrets ?? {});
  const declared = new Set(forms.flatMap(([name, form]) => (form === 'env' ? [name] : [])));
  const manager = lockingManagers().find(({ name }) => name === packages.packageManager.value);
  const files = packages.requirements?.files ?? [];
  const lists = await Promise.all(files.map(file => linesOf(project.tree, file)));
  const inLists = lists.flatMap((lines, at) => credentialsInAddresses(lines, files[at]!));
  const manifest = manager ? await indexesOfManifest(project, manager) : [];
  const pip = await readPipConfig(project.tree);
  const written: readonly WrittenIndex[] = [
    ...manifest,
    ...pip,
    ...lists.flatMap((lines, at) => listedIndexes(lines, files[at]!)),
  ];
  const usable = [...manifest, ...pip].filter(({ url }) => PLAIN.test(url));
  const locked = manager && packages.fromGit ? await keysOfLock(project, manager) : [];
  const inIndexes = [...manifest, ...pip].flatMap(({ url, file, line = 1 }) =>
    credentialsInAddresses([{ text: url, line }], file),
  );
  const named = [...inLists, ...inIndexes, ...locked];
  const names = named.flatMap(credential => (credential.kind === 'variable' ? [credential.name] : []));
  const read = written.flatMap(({ user, password }) => [user, password].filter(name => name !== undefined));
  return {
    named,
    variables: new Set([...names, ...read]),
    indexes: unlessEmpty(usable.flatMap(index => neededIndex(index, declared))),
    open: unlessEmpty(written.flatMap(index => openIndex(index, declared))),
  };
}

async function linesOf(tree: Tree, file: string): Promise<readonly WrittenLine[]> {
  return requirementLines((await tree.read(file)) ?? '');
}

/** The addresses that options of requirements files name. */
function listedIndexes(lines: readonly WrittenLine[], file: string): readonly WrittenIndex[] {
  return lines.flatMap(({ text, line }) => {
    const url = /^\s*(?:-i|--index-url|--extra-index-url|-f|--find-links)[\s=]+(https?:\S+)/.exec(text)?.[1];
    return url === undefined ? [] : [{ url, file, line }];
  });
}

async function indexesOfManifest(project: Project, manager: Named<LockingManager>): Promise<readonly WrittenIndex[]> {
  const manifest = await readManifest(project, manager);
  const indexes = (manifest && isTomlFile(manifest) && manager.indexes?.(manifest)) || [];
  return indexes.map(index => {
    const at = isTomlFile(manifest!) ? manifest.text.split('\n').findIndex(line => line.includes(index.url)) : -1;
    const url = index.url.replaceAll(/\$([A-Z_][A-Z0-9_]*)/g, '${$1}');
    return defined({ ...index, url, file: manager.manifest, line: at < 0 ? undefined : at + 1 });
  });
}

/** Places in a lock that name repositories which want a key. */
async function keysOfLock(
  { tree, root, locked, lockedIn }: Project,
  { lock }: LockingManager,
): Promise<readonly NamedCredential[]> {
  const text = (await locked.read(lock.path)) ?? (await tree.read(lock.path)) ?? '';
  const file = root === lockedIn ? lock.path : joinPath(lockedIn, lock.path);
  const lines = text.split('\n').map((written, at) => ({ text: written, line: at + 1 }));
  return credentialsInAddresses(lines, file).filter(({ kind }) => kind === 'key');
}

/** An address of an index that a shell can be given in quotes: nothing in it is special but variables. */
const PLAIN = /^https?:\/\/(?:[\w.~%+:@/?=&-]|\$\{[A-Z_][A-Z0-9_]*\})+$/;

/** The indexes that lists do not name, and those that need credentials which are known: by variables in addresses, or by the manager's. */
function neededIndex(index: WrittenIndex, declared: ReadonlySet<string>): readonly IndexAddress[] {
  const { url, unlisted, primary, isPlain } = index;
  const encodes = index.encodes && url.includes('${') ? (true as const) : undefined;
  const { user, password } = credentialsOf(index, declared);
  if (!url.includes('${') && password === undefined && user === undefined && !unlisted && !primary) return [];
  // Who is named in the address gives way to who is declared.
  const bare = password === undefined && user === undefined ? url : url.replace(/^(https?:\/\/)[^/@]*@/, '$1');
  return [defined({ url: bare, user, password, primary, encodes, isPlain })];
}

function credentialsOf({ user, password }: WrittenIndex, declared: ReadonlySet<string>) {
  const known = (name: string | undefined) => (name !== undefined && declared.has(name) ? name : undefined);
  return { user: known(user), password: known(password) };
}

/** An index that is asked without credentials, with what would hold some. */
function openIndex(index: WrittenIndex, declared: ReadonlySet<string>): readonly OpenIndexFact[] {
  const { url, user, password, file, line } = index;
  if (url.includes('${') || credentialsOf(index, declared).password !== undefined || !URL.canParse(url)) return [];
  const secrets = user !== undefined && password !== undefined ? [user, password] : [];
  return [defined({ host: new URL(url).host, file, line, secrets })];
}
