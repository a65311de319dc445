/** What git says of the state of a source, for images that are published from it. */
import { repositoryState } from './repository.js';

/** Arguments of functions that only git can answer, by their names. */
export interface SourceArguments {
  readonly revision?: string;
  readonly ref?: string;
  readonly created?: string;
  readonly url?: string;
  readonly builder?: string;
}

/** What the machines of GitHub and GitLab say of what they checked out, of which git itself knows the commit alone. */
function refOfCi(env: NodeJS.ProcessEnv, revision: string): string | undefined {
  if (env.GITHUB_REF && env.GITHUB_SHA === revision) return env.GITHUB_REF;
  if (env.CI_COMMIT_SHA !== revision) return undefined;
  if (env.CI_COMMIT_TAG) return `refs/tags/${env.CI_COMMIT_TAG}`;
  if (env.CI_MERGE_REQUEST_IID) return `refs/pull/${env.CI_MERGE_REQUEST_IID}/merge`;
  return env.CI_COMMIT_BRANCH ? `refs/heads/${env.CI_COMMIT_BRANCH}` : undefined;
}

/** Who builds, on the machines of GitHub and GitLab, where they build what they checked out: the workflow there, the runner here. */
export function builderOfCi(env: NodeJS.ProcessEnv, revision: string): string | undefined {
  const { GITHUB_SERVER_URL, GITHUB_WORKFLOW_REF, GITHUB_SHA } = env;
  if (GITHUB_SERVER_URL && GITHUB_WORKFLOW_REF && GITHUB_SHA === revision)
    return `${GITHUB_SERVER_URL}/${GITHUB_WORKFLOW_REF}`;
  const { CI_SERVER_URL, CI_PROJECT_PATH, CI_RUNNER_ID, CI_COMMIT_SHA } = env;
  if (CI_SERVER_URL && CI_PROJECT_PATH && CI_RUNNER_ID && CI_COMMIT_SHA === revision)
    return `${CI_SERVER_URL}/${CI_PROJECT_PATH}/-/runners/${CI_RUNNER_ID}`;
  return undefined;
}

/** The time that SOURCE_DATE_EPOCH gives: https://reproducible-builds.org/specs/source-date-epoch/ */
function givenTime({ SOURCE_DATE_EPOCH: seconds = '' }: NodeJS.ProcessEnv): string | undefined {
  return /^\d{1,11}$/.test(seconds) ? new Date(Number(seconds) * 1000).toISOString().replace('.000Z', 'Z') : undefined;
}

/**
 * Asks git about a directory; nothing outside of a repository, or without a commit. A commit that is not all has `-dirty` behind it.
 * SOURCE_DATE_EPOCH goes before the time of the commit.
 */
export function sourceArguments(directory: string, env: NodeJS.ProcessEnv): SourceArguments {
  const state = repositoryState(directory);
  const given = givenTime(env);
  if (state === undefined) return given === undefined ? {} : { created: given };
  const { revision, isChanged, created, remote } = state;
  const ref = refOfCi(env, revision) ?? state.ref;
  const url = remote === undefined ? undefined : webAddress(remote);
  const builder = builderOfCi(env, revision);
  return {
    revision: isChanged ? `${revision}-dirty` : revision,
    created: given ?? created,
    ...(ref !== undefined && { ref }),
    ...(url !== undefined && { url }),
    ...(builder !== undefined && { builder }),
  };
}

/** Where people find what git fetches from an address; undefined for a path of this machine. Credentials in it go. */
export function webAddress(remote: string): string | undefined {
  const [, host, path] = /^(?:[\w.-]+@)?([\w.-]+):(?!\/\/)(.+)$/.exec(remote) ?? [];
  const text = host === undefined ? remote : `ssh://${host}/${path}`;
  if (!/^(?:https?|ssh|git):/.test(text) || !URL.canParse(text)) return undefined;
  const { hostname, port, pathname, protocol } = new URL(text);
  const at = /^https?:$/.test(protocol) && port !== '' ? `${hostname}:${port}` : hostname;
  return `${protocol === 'http:' ? 'http' : 'https'}://${at}${pathname.replace(/\.git\/?$/, '').replace(/\/$/, '')}`;
}
