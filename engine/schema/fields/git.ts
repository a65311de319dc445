/** Fields of repositories of git and of what they offer. */

import { defined } from '../../defined.js';
import {
  findRef,
  isCommit,
  latestVersion,
  type NamedCommit,
  namesBelow,
  repositoryAddress,
} from '../../objects/git-refs.js';
import { defineOp, type GitOrigin, type TreeRef } from '../../objects/op.js';
import type { GitRepositoryRef } from '../../objects/registry.js';
import { remembered } from '../../remembered.js';
import { commonAncestor, gitRefs } from '../../solve/git.js';
import { whileDoing } from '../../solve/steps.js';
import { type Api, type Args, type Fields, object, refuseArguments } from '../api.js';
import { checkType } from './trees.js';

const repository = (value: GitRepositoryRef) => object('GitRepository', value);
const commitOf = (value: GitRepositoryRef, { name, sha }: NamedCommit) =>
  object('GitRef', { repository: value, name, sha });
const find = (value: GitRepositoryRef, name: string) => commitOf(value, findRef(value.offers, name));

/** What was opened already: within a session a repository is asked once what it offers. */
const opened = new WeakMap<Api, Map<string, Promise<GitRepositoryRef>>>();

async function open(api: Api, url: string, origin: GitOrigin & { kind: 'remote' }): Promise<GitRepositoryRef> {
  const offers = await whileDoing(api.context, `asking ${origin.url}`, () => gitRefs(api, origin));
  return { url, origin, offers };
}

/** A repository at an address. @throws Error for an address that is not served, and where nobody lets us in */
export async function openRemote(api: Api, args: Args) {
  const given = { ...args, sshKnownHosts: args.sshKnownHosts || undefined };
  refuseArguments('git', given, ['sshKnownHosts', 'sshAuthSocket', 'experimentalServiceHost']);
  const secretOf = (id: string | null | undefined) => (id == null ? undefined : api.registry.load(id, 'Secret').secret);
  const origin = {
    kind: 'remote' as const,
    url: repositoryAddress(args.url),
    ...defined({
      username: args.httpAuthUsername || undefined,
      token: secretOf(args.httpAuthToken),
      header: secretOf(args.httpAuthHeader),
    }),
  };
  const memory = opened.get(api) ?? new Map<string, Promise<GitRepositoryRef>>();
  opened.set(api, memory);
  const track = () => api.context.activity.track(open(api, args.url, origin));
  return repository(await remembered(memory, JSON.stringify([args.url, origin]), track));
}

/** The repository that a directory lies in. @throws Error where there is none */
export async function openLocal(api: Api, { op, path }: TreeRef) {
  await checkType(api, { op, path }, 'directory');
  const origin = { kind: 'local' as const, directory: { op, path } };
  return repository({ url: null, origin, offers: await gitRefs(api, origin) });
}

export const gitRepositoryFields: Fields<'GitRepository'> = {
  url: ({ url }) => url,
  head: value => find(value, 'HEAD'),
  ref: (value, args) => find(value, args.name),
  branch: (value, args) => find(value, `refs/heads/${args.name.replace(/^refs\/heads\//, '')}`),
  tag: (value, args) => find(value, `refs/tags/${args.name.replace(/^refs\/tags\//, '')}`),
  commit(value, args) {
    if (!isCommit(args.id)) throw new Error(`invalid commit SHA: ${JSON.stringify(args.id)}`);
    return find(value, args.id);
  },
  latestVersion: value => find(value, `refs/tags/${latestVersion(value.offers)}`),
  tags: ({ offers }, args) => namesBelow(offers, 'refs/tags/', args.patterns ?? []),
  branches: ({ offers }, args) => namesBelow(offers, 'refs/heads/', args.patterns ?? []),
  async uncommitted(value, _, api) {
    if (value.origin.kind === 'local') {
      const { directory } = value.origin;
      const op = defineOp({ kind: 'git-cleaned', directory });
      await api.solver.solve(op);
      return object('Changeset', { before: { op, path: directory.path }, after: directory });
    }
    const tree = treeOf(value, findRef(value.offers, 'HEAD'), {});
    return object('Changeset', { before: tree, after: tree });
  },
};

function treeOf({ origin }: GitRepositoryRef, { name, sha }: NamedCommit, args: Args): TreeRef {
  const { depth = 1, includeTags = false, discardGitDir = false } = args;
  const op = defineOp({ kind: 'git-tree', origin, sha, name, depth, tags: includeTags, keepGit: !discardGitDir });
  return { op, path: '/' };
}

export const gitRefFields: Fields<'GitRef'> = {
  commit: ({ sha }) => sha,
  ref: ({ name, sha }) => name || sha,
  async tree(value, args, api) {
    const tree = treeOf(value.repository, value, args);
    await api.solver.solve(tree.op);
    return object('Directory', tree);
  },
  async commonAncestor({ repository: own, sha }, args, api) {
    const other = api.registry.load(args.other, 'GitRef');
    const common = await commonAncestor(
      api,
      { origin: own.origin, sha },
      { origin: other.repository.origin, sha: other.sha },
    );
    return commitOf(own, { name: '', sha: common });
  },
};
