/** Credentials of the registries that a frontend's packages come from. */
import { joinPath } from '../../source/paths.js';
import type { Tree } from '../../source/tree.js';
import { NODE_MANAGERS } from '../../support/managers/node/index.js';
import type { NodeProject } from '../facts.js';
import { credentialsOfNode, type NamedCredential } from '../files/credentials.js';

/** Names of the files in which package managers say who asks. */
const SETTINGS = /^(\.npmrc|\.yarnrc|\.yarnrc\.yml|bunfig\.toml)$/;

/** What the settings of each project's package manager name, which lie beside its lock file. */
export async function npmCredentials(
  source: Tree,
  projects: readonly NodeProject[],
): Promise<readonly NamedCredential[]> {
  const paths = projects.flatMap(({ packageManager, workspace, root }) =>
    NODE_MANAGERS[packageManager.value].files
      .filter(name => SETTINGS.test(name))
      .map(name => joinPath(workspace ?? root, name)),
  );
  const there = [...new Set(paths)].filter(path => source.paths.includes(path));
  const texts = await Promise.all(there.map(path => source.read(path)));
  return there.flatMap((path, at) => credentialsOfNode(texts[at] ?? '', path));
}
