/** A session: a server with everything behind it, opened and closed as one. */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Session, SessionOptions } from './contract.js';
import { type Images, openImages } from './images/resolve.js';
import { digestOf } from './objects/digest.js';
import { createRegistry } from './objects/registry.js';
import { readHostTrust } from './podman/host-trust.js';
import { openPodman } from './podman/podman.js';
import { isRootless } from './podman/rootless.js';
import type { Api } from './schema/api.js';
import { createAnswer } from './server/answer.js';
import { startServer } from './server/http.js';
import { openServices } from './services/manager.js';
import { openActivity } from './solve/activity.js';
import type { Engine, EngineContext } from './solve/context.js';
import { createLimit } from './solve/limit.js';
import { openSeenTrees } from './solve/seen.js';
import { openSolver } from './solve/solver.js';
import { whileDoing } from './solve/steps.js';
import { keepWithin } from './store/keep-within.js';
import { openKnownHashes } from './store/known-hashes.js';
import { openState, type StateDirs, sessionsRoot } from './store/layout.js';
import { openOverlays } from './store/overlays.js';
import { betweenSessionStarts } from './store/prune.js';
import { openRecords, type Records } from './store/records.js';
import { openSecrets } from './store/secrets.js';
import type { SessionNotes } from './store/session-notes.js';
import { clearDeadSessions, clearSession, openSessionDir } from './store/sessions.js';
import { openSnapshots } from './store/snapshots.js';
import { readLimit } from './store/state-limit.js';
import { syncFileSystem } from './store/sync.js';
import { openVolumes } from './store/volumes.js';

/** How long the end of a session waits for work that is no process, such as writing an archive. */
const endPatience = 10_000;
/** Even on one core: most of what runs waits for disks and networks. */
const fewestAtOnce = 2;

/**
 * Starts a session.
 * @returns its port and token, and how to end it; ending it stops and removes all that it started
 * @throws InfrastructureError when podman cannot be used on this machine, UsageError for a limit of the state that is none
 */
export async function startSession(options: SessionOptions = {}): Promise<Session> {
  const env = options.env ?? process.env;
  readLimit(env);
  const dirs = openState(options.stateDir, env);
  const root = sessionsRoot(env);
  const { id, dir, notes, letGo } = await betweenSessionStarts(dirs, async () => {
    await clearDeadSessions(root, dirs, env);
    return openSessionDir(root, dirs);
  });
  const emit = options.onEvent ?? (() => undefined);
  const notice = (text: string): void => emit({ kind: 'notice', text });
  const records = openRecords({ work: dirs.work, session: id, notice });
  const known = openKnownHashes(records, directory => join(dirs.hashes, `files-${digestOf(directory)}.json`));
  const context: EngineContext = {
    ...openContext({ id, dir, dirs, env, records, notice, notes }),
    hasherBelow: known.below,
    fetches: options.fetches ?? (() => false),
    emit,
  };
  const api: Api = { ...openEngine(context), registry: createRegistry(), ...openImages(context) };
  const server = await startServer(createAnswer(api));
  /** @returns whether all has ended */
  const endOnce = once(async (): Promise<boolean> => {
    await server.close();
    const [idle] = await Promise.all([context.activity.end(endPatience), context.podman.removeAll()]);
    await context.overlays.closeAll();
    await context.store.settled();
    if (notes.inPlace.length > 0) await syncFileSystem(dirs.root).catch(() => undefined);
    await known.save().catch(() => undefined);
    // What still writes keeps its directory: taken away from under it, half a layer could be taken for a whole one.
    if (!idle) return false;
    await clearSession(id, dir, dirs.root, env);
    letGo();
    return true;
  });
  const close = once(async (): Promise<void> => {
    if (!(await endOnce())) return;
    const added = context.store.added();
    const volumes = [...context.volumes.taken].map(name => `cache ${name}` as const);
    const inPlace = [...new Set([...notes.inPlace, ...volumes])];
    await whileDoing(context, 'measuring what is kept', () => keepWithin({ dirs, records, env, added, inPlace })).catch(
      error => notice(`the state could not be held to its limit: ${error.message}`),
    );
  });
  return {
    port: server.port,
    token: server.token,
    ask: server.ask,
    end: async () => void (await endOnce()),
    close,
  };
}

/** The same work for all who ask for it. */
function once<T>(work: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined;
  return () => {
    result ??= work();
    return result;
  };
}

interface Place {
  readonly id: string;
  readonly dir: string;
  readonly dirs: StateDirs;
  readonly env: NodeJS.ProcessEnv;
  readonly records: Records;
  readonly notice: (text: string) => void;
  readonly notes: SessionNotes;
}

function openContext({
  id,
  dir,
  dirs,
  env,
  records,
  notice,
  notes,
}: Place): Omit<EngineContext, 'hasherBelow' | 'fetches' | 'emit'> {
  return {
    sessionId: id,
    sessionDir: dir,
    dirs,
    env,
    records,
    store: openSnapshots({ dirs, records, notes, notice }),
    notes,
    volumes: openVolumes({ dirs, records, onWrite: name => notes.writeTo(`cache ${name}`) }),
    overlays: openOverlays(dirs, join(dir, 'mounts'), isRootless(env)),
    podman: openPodman({ sessionDir: dir, sessionId: id, env, notice }),
    secrets: openSecrets(env),
    trust: readHostTrust(env),
    activity: openActivity(),
    limit: createLimit(Math.max(fewestAtOnce, availableParallelism())),
    compressing: createLimit(Math.max(fewestAtOnce, availableParallelism())),
  };
}

/** Opens the parts that need each other: while they are opened, none of them may be used. */
function openEngine(context: EngineContext): Omit<Api, 'registry' | keyof Images> {
  const engine: Engine = {
    context,
    get solver() {
      return solver;
    },
    get seen() {
      return seen;
    },
    get services() {
      return services;
    },
  };
  const solver = openSolver(engine);
  const seen = openSeenTrees(engine);
  const services = openServices(engine);
  return { context, solver, seen, services };
}
