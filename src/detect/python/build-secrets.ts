/** Credentials that packages are installed with: those that are configured, and those that files with addresses of indexes name. */
import { configPlace } from '../../source/config-place.js';
import { unlessEmpty } from '../../source/defined.js';
import type { Sourced } from '../../source/sourced.js';
import { isTomlFile } from '../../source/toml-file.js';
import type { PackageIndex } from '../../support/managers/python/definition.js';
import { lockingManagers } from '../../support/python-managers.js';
import type { Project } from '../project.js';
import type { PackageFacts } from './package-facts.js';
import { readManifest } from './package-manager.js';

/** Variables as pip and others put their values into addresses. */
const VARIABLE = /\$\{([A-Z_][A-Z0-9_]*)\}/g;

/** An address of an index that a shell can be given in quotes: nothing in it is special but variables. */
const PLAIN = /^https?:\/\/(?:[\w.~%+:@/?=&-]|\$\{[A-Z_][A-Z0-9_]*\})+$/;

/** What of the Python facts it is about. */
export interface BuildSecrets {
  readonly secrets: readonly Sourced<string>[] | undefined;
  readonly indexes: readonly string[] | undefined;
}

/** Finds the variables, and the indexes beside the usual one whose addresses they make whole. */
export async function buildSecrets(project: Project, packages: PackageFacts): Promise<BuildSecrets> {
  const { config, origins, tree } = project;
  const place = configPlace(origins, 'python.secrets');
  const configured = (config.python?.secrets ?? []).map(value => ({ value, place }));
  const inFiles = await Promise.all((packages.requirements?.files ?? []).map(file => namedIn(tree, file)));
  const manager = lockingManagers().find(({ name }) => name === packages.packageManager.value);
  const manifest = manager && (await readManifest(project, manager));
  const written = (manifest && isTomlFile(manifest) && manager?.indexes?.(manifest)) || [];
  const indexes = neededIndexes(written, new Set(config.python?.secrets ?? []));
  const inAddresses = indexes.flatMap(url =>
    [...url.matchAll(VARIABLE)].map(([, value = '']) => ({ value, place: { file: manager!.manifest } })),
  );
  const all = [...configured, ...inFiles.flat(), ...inAddresses];
  return {
    secrets: unlessEmpty(all.filter(({ value }, at) => all.findIndex(other => other.value === value) === at)),
    indexes: unlessEmpty(indexes),
  };
}

async function namedIn(tree: Project['tree'], file: string): Promise<readonly Sourced<string>[]> {
  const lines = ((await tree.read(file)) ?? '').split(/\r?\n/);
  return lines.flatMap((text, at) => {
    const own = text.replace(/(^|\s)#.*$/, '');
    return [...own.matchAll(VARIABLE)].map(([, value = '']) => ({ value, place: { file, line: at + 1 } }));
  });
}

/** The indexes that lists do not name, and those that need credentials which are known: by variables in addresses, or by the manager's. */
function neededIndexes(written: readonly PackageIndex[], declared: ReadonlySet<string>): readonly string[] {
  return written.flatMap(index => {
    const url = withCredentials(index, declared);
    const isNeeded = url?.includes('${') || index.unlisted;
    return url !== undefined && isNeeded && PLAIN.test(url) ? [url] : [];
  });
}

function withCredentials({ url, user, password }: PackageIndex, declared: ReadonlySet<string>): string | undefined {
  const [, scheme, rest] = /^(https?:\/\/)(.+)$/.exec(url) ?? [];
  if (scheme === undefined || rest === undefined) return undefined;
  if (password === undefined || !declared.has(password)) return url.replaceAll(/\$([A-Z_][A-Z0-9_]*)/g, '${$1}');
  const name = user !== undefined && declared.has(user) ? `\${${user}}` : 'token';
  return `${scheme}${name}:\${${password}}@${rest.replace(/^[^/@]*@/, '')}`;
}
