/**
 * Runs of suites to their end, whatever that is. An engine keeps the result of a command that it was told may fail, and would answer the
 * next run with the old failure; what fails against its expectation runs again when it is asked for again. Nothing of such a command's
 * files is left, though: its reports go into a cache volume on the way out, and are fetched from there.
 */
import { type Container, type Directory, dag } from '@dagger.io/dagger';
import { imageSettings } from '../plan/look-up.js';
import type { Suite } from '../plan/types.js';
import type { App } from './app.js';
import { execFailure, together } from './failures.js';
import { entitle } from './titles.js';
import { endsWith } from './words.js';

/** How a suite's command ended. */
export interface Ended {
  readonly exitCode: number;
  /** Standard output, then standard error; of a long failure the last part of each. */
  readonly output: string;
  /** Its reports, where it has any. */
  readonly written: Directory | undefined;
}

const KEPT = '/run/quayside-kept';
const FETCHED = '/run/quayside-reports';
const MARK = 'reports kept as ';

/** Runs a command, and lays its reports aside where it fails. Each run has a place of its own: others may be running. */
const KEEP = `dir=$1; shift
"$@" || {
  code=$?; id=$(cat /proc/sys/kernel/random/uuid)
  [ -d "$dir" ] && cp -R "$dir" "${KEPT}/$id" && echo "${MARK}$id" >&2
  exit $code
}`;

/** Fetches what was laid aside, and clears away what nobody came for. */
const FETCH = `mv "${KEPT}/$1" ${FETCHED}
find ${KEPT} -mindepth 1 -maxdepth 1 -mtime +1 -exec rm -rf {} +`;

/**
 * Runs a suite's command.
 * @param ready the container that it runs in
 * @returns how it ended; rejects with the engine's error when it could not start: when a service or the app did not come up
 */
export async function runToEnd(app: App, suite: Suite, ready: Container): Promise<Ended> {
  const { reports, args, migrates } = suite;
  const keeping = reports ? withKept(app, suite, ready) : ready;
  const command = reports ? ['sh', '-c', KEEP, 'sh', reports.directory, ...args] : [...args];
  const entrypoint = migrates ? (imageSettings(app.plan.stages, suite.stage).entrypoint ?? []) : [];
  entitle([...entrypoint, ...command], { title: suite.title, suite: suite.id });
  try {
    const done = await keeping.withExec(command, { useEntrypoint: migrates }).sync();
    const [stdout, stderr] = await Promise.all([done.stdout(), done.stderr()]);
    return { exitCode: 0, output: together(stdout, stderr), written: reports && done.directory(reports.directory) };
  } catch (error) {
    const failure = execFailure(error);
    if (!failure || !endsWith(failure.cmd, args)) throw error;
    const { said, kept } = readMark(failure.stderr);
    const written = kept === undefined ? undefined : fetched(app, suite, await app.stage(suite.stage), kept);
    return { exitCode: failure.exitCode, output: together(failure.stdout, said), written };
  }
}

/** The place that reports are laid aside in, for whoever the suite runs as. */
function withKept({ plan }: App, { id, stage, user }: Suite, container: Container): Container {
  const owner = user ?? imageSettings(plan.stages, stage).user;
  const volume = dag.cacheVolume(`quayside/${plan.name}/${id}/kept-reports`);
  return container.withMountedCache(KEPT, volume, owner === undefined ? {} : { owner });
}

/** What was laid aside, in a command that no other is like: it is never answered from memory. */
function fetched(app: App, suite: Suite, stage: Container, kept: string): Directory {
  const command = ['sh', '-c', FETCH, 'sh', kept];
  entitle(command, { title: `reports of ${suite.title}` });
  return withKept(app, suite, stage).withUser('root').withExec(command).directory(FETCHED);
}

function readMark(stderr: string): { readonly said: string; readonly kept?: string } {
  const at = stderr.lastIndexOf(MARK);
  return at < 0 ? { said: stderr } : { said: stderr.slice(0, at), kept: stderr.slice(at + MARK.length).trim() };
}
