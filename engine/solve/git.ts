/** Repositories of git: what they offer, checkouts of their commits, and working trees as their last commit had them. */
import { join } from 'node:path';
import { InfrastructureError } from '../errors.js';
import { makeDirectories } from '../fs/copy.js';
import { withTemporaryDirectory } from '../fs/temporary.js';
import { type GitRefs, readRefs } from '../objects/git-refs.js';
import type { GitOrigin, OpOf, TreeRef } from '../objects/op.js';
import { type SealedGit, sealedGit } from '../podman/sealed-git.js';
import { keepFilled } from '../store/filled-layers.js';
import type { Made } from '../store/snapshots.js';
import { writeLayer } from '../store/written-layers.js';
import type { Engine } from './context.js';

type Call = Omit<SealedGit, 'env' | 'signal' | 'work'>;

/** How often a server is asked that nobody reaches. */
const tries = 2;

/** Has git work in a place of its own. */
function inPlace({ context }: Engine, call: Call): Promise<string> {
  return withTemporaryDirectory(join(context.sessionDir, 'git-'), work =>
    sealedGit({ ...call, work, env: context.env, signal: context.activity.signal }),
  );
}

/** What is asked of somebody else is asked again where that may help. @throws InfrastructureError that names the address */
async function asking<T>(url: string, ask: () => Promise<T>): Promise<T> {
  for (let tried = 1; ; tried += 1) {
    try {
      return await ask();
    } catch (error) {
      const passing = error instanceof InfrastructureError;
      if (passing && tried < tries) continue;
      const said = `${url}: ${(error as Error).message}`;
      throw passing ? new InfrastructureError(said, { cause: error }) : new Error(said, { cause: error });
    }
  }
}

/** Who asks, as a header for the origin's host. */
async function headersFor({ context }: Engine, origin: GitOrigin): Promise<Pick<SealedGit, 'headers'>> {
  if (origin.kind !== 'remote') return {};
  const { header, token, username, url } = origin;
  const secret = header ?? token;
  if (secret === undefined) return {};
  const value = (await context.secrets.plaintext(secret)).trim();
  const basic = Buffer.from(`${username || 'x-access-token'}:${value}`).toString('base64');
  const credentials = header === undefined ? `basic ${basic}` : value;
  return { headers: [{ address: `${new URL(url).origin}/`, header: `Authorization: ${credentials}` }] };
}

/** Goes to where a directory of a tree is and finds its repository: of a checkout the part that git keeps. */
const found = 'cd "/repo$1"; repository=$(git rev-parse --absolute-git-dir); cd /work';

/** How a script knows the repository: as an address that git takes. */
async function sourceOf(engine: Engine, origin: GitOrigin): Promise<Omit<Call, 'script'> & { readonly find: string }> {
  if (origin.kind === 'remote')
    return { network: true, args: [origin.url], find: 'source=$1; cd /work', ...(await headersFor(engine, origin)) };
  const { op, path } = origin.directory;
  const tree = await engine.solver.locate({ op, path: '/' });
  return { network: false, tree, args: [path], find: `${found}; source="file://$repository"` };
}

/** What a repository offers. @throws Error where there is none */
export async function gitRefs(engine: Engine, origin: GitOrigin): Promise<GitRefs> {
  const { find, ...call } = await sourceOf(engine, origin);
  const ask = () => inPlace(engine, { ...call, script: `${find}; git ls-remote --symref -- "$source"` });
  return readRefs(origin.kind === 'remote' ? await asking(origin.url, ask) : await ask());
}

/** Checks a commit out under its name. What a repository says of submodules is followed to the web alone. */
const checkout = `sha=$2; name=$3; depth=$4; tags=$5; keep=$6; origin=$7
mkdir root; cd root; git init -q --template=
git fetch -q -u $depth $tags -- "$source" "$sha:refs/quayside/wanted"
if [ -z "$name" ]; then git checkout -q "$sha"
else
  git update-ref "$name" "$sha"
  git checkout -q "\${name#refs/heads/}"
  git reset -q --hard "$sha"
fi
[ -z "$origin" ] || git remote add origin "$origin"
git update-ref -d refs/quayside/wanted
git reflog expire --all --expire=now
rm -f .git/FETCH_HEAD
[ ! -e .gitmodules ] || git -c protocol.file.allow=never submodule --quiet update --init --recursive --depth=1
if [ "$keep" = yes ]; then git read-tree HEAD; else rm -rf .git; fi
find . -exec touch -h -d @1 {} +`;

/** The files of a commit, as a layer of their own. */
export async function makeGitTree(engine: Engine, op: OpOf<'git-tree'>): Promise<Made> {
  const { context } = engine;
  const { origin, sha, name, depth, keepGit, tags } = op;
  const { find, args = [], ...call } = await sourceOf(engine, origin);
  const shown = origin.kind === 'remote' ? withoutUser(origin.url) : '';
  const words = [sha, name, depth > 0 ? `--depth=${depth}` : '', tags ? '' : '--no-tags', keepGit ? 'yes' : '', shown];
  const make = () =>
    keepFilled(context.store, async directory => {
      const work = join(directory, 'work');
      makeDirectories(work);
      const { env, activity } = context;
      await sealedGit({
        ...call,
        args: [...args, ...words],
        script: `${find}; ${checkout}`,
        work,
        env,
        signal: activity.signal,
      });
      return join(work, 'root');
    });
  const layer = await context.limit(() => (origin.kind === 'remote' ? asking(origin.url, make) : make()));
  return { layers: [layer] };
}

function withoutUser(address: string): string {
  const url = new URL(address);
  url.username = '';
  url.password = '';
  return url.href;
}

/** Puts a working tree back to its last commit. Its index stays as it is: it is no change. */
const clean = `cd "/repo$1"
[ "$(git rev-parse --is-inside-work-tree)" = true ] || exit 0
cp "$(git rev-parse --absolute-git-dir)/index" /work/index
export GIT_INDEX_FILE=/work/index
git restore --staged .
git restore .
git clean -qfd`;

/** A working tree without what nobody has committed. */
export async function makeCleaned(engine: Engine, { directory }: OpOf<'git-cleaned'>): Promise<Made> {
  const { context, solver } = engine;
  const { layers } = await solver.solve(directory.op);
  const written = await writeLayer(context, layers, async ({ root }) => {
    await inPlace(engine, { script: clean, args: [directory.path], tree: root, writable: true, network: false });
  });
  return { layers: written };
}

export interface Commit {
  readonly origin: GitOrigin;
  readonly sha: string;
}

const isSame = (a: GitOrigin, b: GitOrigin): boolean => {
  if (a.kind === 'remote') return b.kind === 'remote' && a.url === b.url;
  return b.kind === 'local' && sameTree(a.directory, b.directory);
};
const sameTree = (a: TreeRef, b: TreeRef): boolean => a.op.digest === b.op.digest && a.path === b.path;

/** The last commit that two have in common. @throws Error where there is none */
export async function commonAncestor(engine: Engine, one: Commit, other: Commit): Promise<string> {
  if (one.origin.kind !== other.origin.kind || (one.origin.kind === 'local' && !isSame(one.origin, other.origin)))
    throw new Error(
      'GitRef.commonAncestor: the local engine does not serve commits of two directories, or of one and an address',
    );
  const { find, args = [], ...call } = await sourceOf(engine, one.origin);
  const second = other.origin.kind === 'remote' ? other.origin.url : '';
  const script = `${find}; git init -q --bare --template= .; git fetch -q --no-tags -- "$source" "$2"; git fetch -q --no-tags -- "\${4:-$source}" "$3"; git merge-base "$2" "$3"`;
  const headers = [...(call.headers ?? []), ...((await headersFor(engine, other.origin)).headers ?? [])];
  const ask = () => inPlace(engine, { ...call, headers, script, args: [...args, one.sha, other.sha, second] });
  return (one.origin.kind === 'remote' ? await asking(one.origin.url, ask) : await ask()).trim();
}
