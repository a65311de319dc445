/** How the production image starts its server. */
import type { Facts } from '../detect/facts.js';
import type { Step } from '../plan/types.js';
import { defined } from '../source/defined.js';
import { serverRequirements } from '../support/brought-servers.js';
import { runServer } from '../support/run-servers.js';
import { assetPath } from './assets.js';
import { bringPackages } from './brought-packages.js';
import { SERVE, workDirectory } from './paths.js';

/** The command of the production image. Ports and numbers of workers are decided when it starts. */
export function serverCommand(facts: Pick<Facts, 'server' | 'entry' | 'workers' | 'started'>): readonly string[] {
  if (facts.started) return facts.started.command.value;
  if (!facts.server || !facts.entry) throw new Error('nothing says how the app is started');
  const { start, command } = runServer(facts.server.value);
  const { workerClass, options, lacks } = facts.workers ?? {};
  const made = start.words(facts.entry.value, { ...defined({ workerClass: workerClass?.value }), fileOf: assetPath });
  const own = withoutOptions(made, lacks?.value ?? [], command.takingValue);
  // What is said last counts, and the app stands behind all of it.
  const words = [...own.slice(0, -1), ...(options?.value ?? []), ...own.slice(-1)];
  if (start.by === 'itself') return words;
  return ['python', SERVE, ...(start.stop === undefined ? [] : [`--stop=${start.stop}`]), ...words];
}

/** Words without some options and their values. */
function withoutOptions(
  words: readonly string[],
  options: readonly string[],
  takingValue: readonly string[],
): readonly string[] {
  return words.filter((word, at) => {
    const before = words[at - 1] ?? '';
    return !options.includes(word) && !(options.includes(before) && takingValue.includes(before));
  });
}

/** The files of docker/ that the server's start needs. */
export function serverFiles(facts: Pick<Facts, 'server'>): readonly string[] {
  if (!facts.server) return [];
  const { start } = runServer(facts.server.value);
  return [...start.files, ...(start.by === 'itself' ? [] : ['serve.py'])];
}

const LIST = 'servers.txt';

/** The files that a server is installed from when no dependency brings it, by name. */
export function serverLists({ brought, python }: Pick<Facts, 'brought' | 'python'>): Readonly<Record<string, string>> {
  if (!brought) return {};
  const lines = brought.flatMap(({ kind, version }) => serverRequirements(kind, version.value, python.version.value));
  return { [LIST]: `${[...new Set(lines)].join('\n')}\n` };
}

const OTHER_VERSION =
  'name a version that fits in quayside.yaml, server: { version: ... }, or add the server to the dependencies and lock again';

/** The steps that install such a server beside the app's own packages, which stay as they are. */
export function bringServer({ brought, python: from }: Pick<Facts, 'brought' | 'python'>): readonly Step[] {
  if (!brought) return [];
  return bringPackages(`install ${brought.map(({ kind }) => kind).join(' and ')}`, LIST, {
    from,
    python: 'python',
    fix: OTHER_VERSION,
  });
}

/** Packages of the servers that are brought. */
export function broughtPackages({ brought = [] }: Pick<Facts, 'brought'>): readonly string[] {
  return brought.flatMap(({ kind }) => runServer(kind).packages.slice(0, 1));
}

/** Variables that the server's start reads. */
export function serverEnv(facts: Pick<Facts, 'server' | 'workers' | 'root'>): Readonly<Record<string, string>> {
  const { single, streams, count, conf } = facts.workers ?? {};
  const workers = single ? '1' : count?.value;
  const { settings, start } = facts.server ? runServer(facts.server.value) : { settings: undefined, start: undefined };
  return {
    ...(streams ? start?.streaming : {}),
    ...defined({ WEB_CONCURRENCY: workers }),
    ...(settings && conf ? { [settings.variable]: `${workDirectory(facts)}/${conf.value}` } : {}),
  };
}
