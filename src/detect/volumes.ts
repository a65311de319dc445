/** Directories that the app writes to and that outlive its container: databases in files, uploads. */
import type { EnvRead } from './env-reads.js';
import type { Sourced } from './facts.js';
import { resolvePath } from './package-json.js';
import { configPlace, type Project } from './project.js';

const NAMES = /(^|_)(DATA|UPLOADS?|MEDIA|STORAGE|INSTANCE)_?(DIR|DIRECTORY|FOLDER|ROOT|PATH)$/;

/** Places of the system, and those that every container may write to already. */
const NOT_OURS = /^(tmp|data|app|etc|usr|var|opt|home|root|bin|lib|proc|sys|dev|run)?$/;

/**
 * Finds the directories, absolute or relative to the source: those of the configuration, else those that the code names
 * as defaults of its variables, and those that a Dockerfile declares.
 */
export async function detectVolumes(project: Project, reads: readonly EnvRead[]): Promise<readonly Sourced<string>[]> {
  const { volumes } = project.config;
  if (volumes !== undefined) return volumes.map(value => ({ value, place: configPlace('volumes') }));
  const found = new Map<string, Sourced<string>>();
  const add = (directory: string | undefined, sourced: Omit<Sourced<string>, 'value'>) => {
    if (directory === undefined) return;
    const value = directory.startsWith('/') ? `/${resolvePath('', directory)}` : resolvePath('', directory);
    if (NOT_OURS.test(value.replace(/^\//, '')) || value.startsWith('/tmp/') || found.has(value)) return;
    found.set(value, { value, ...sourced });
  };
  for (const { name, fallback, path, line } of reads) {
    if (fallback === undefined) continue;
    const place = { file: path, line };
    if (NAMES.test(name)) add(fallback, { place, why: `the default of ${name}` });
    add(databaseDirectory(fallback), { place, why: `where ${name} keeps its file by default` });
  }
  const dockerfile = (await project.tree.read('Dockerfile')) ?? '';
  for (const [index, line] of dockerfile.split('\n').entries()) {
    const declared = /^VOLUME\s+(.+)/i.exec(line)?.[1]?.match(/\/[\w./-]+/g) ?? [];
    for (const directory of declared) {
      add(directory.replace(/^\/app\//, ''), { place: { file: 'Dockerfile', line: index + 1 }, why: 'declared' });
    }
  }
  return [...found.values()];
}

/** The directory of `sqlite:///data/shop.db`; undefined for a file beside the source, which nobody should write to. */
function databaseDirectory(address: string): string | undefined {
  const file = /^sqlite(?:\+\w+)?:\/\/\/(.+)$/.exec(address)?.[1];
  const at = file?.lastIndexOf('/') ?? -1;
  return at > 0 ? file!.slice(0, at) : undefined;
}
