/** From a source directory to what Quayside makes of it, ready to be built. */
import type { Directory, File, Secret } from '@dagger.io/dagger';
import type { GivenConfig } from './config/load.js';
import { type App, openApp } from './dagger/app.js';
import { findImage } from './dagger/container.js';
import { lastLines } from './dagger/failures.js';
import { notify } from './dagger/notices.js';
import { directoryTree, type ListedDirectory } from './dagger/tree.js';
import { diagnose } from './diagnostics/diagnose.js';
import { DiagnosticError } from './diagnostics/error.js';
import { openPackages } from './plan/debian.js';
import type { Plan } from './plan/types.js';
import { insistingOnVersions } from './planner/debian-versions.js';
import { ownPaths } from './render/own-paths.js';
import { BESIDE, type EjectRecord, RECORD, readRecord } from './render/record.js';
import { BROUGHT } from './render/rendered.js';
import { type Understanding, type Understood, understand, understandWith } from './understand.js';

/**
 * Reads the source and plans its build.
 * @param source the directory with the app, or with a quayside.yaml whose `root` leads to it
 * @param config a quayside.yaml to use in place of the source's own
 * @returns what was made of it; rejects with a DiagnosticError when the app or its configuration has to be put right
 */
export async function readApp(source: Directory, config?: File): Promise<Understood> {
  return understoodFrom(await readSource(source, config));
}

/** Plans the build of a source that was read; rejects as `readApp` does. */
export async function understoodFrom({ tree, given }: ReadSource): Promise<Understood> {
  return understood(await understand(tree, given));
}

/** What an app is made of, as whoever calls gives it. */
export interface Given {
  /** The directory with the app, or with a quayside.yaml whose `root` leads to it. */
  readonly source: Directory;
  /** A quayside.yaml to use in place of the source's own. */
  readonly config?: File | undefined;
  /** Whether every image and every Debian package has to be locked, and nothing else may be installed. */
  readonly frozen?: boolean;
  /** Secrets that steps of the build are given. */
  readonly secret?: readonly Secret[] | undefined;
}

interface LoadedApp {
  readonly config: File | undefined;
  readonly frozen: boolean;
  readonly app: Promise<App>;
}

const loaded = new WeakMap<Directory, LoadedApp>();

/**
 * Reads the source and puts its plan and itself together, ready to be built. Asked again about the same directory object, it answers from
 * memory: a run and its reports are of one app. A Python of which no registry has an image, or none
 * answers, gives way to the nearest that has one, and that is said.
 * @returns the app; rejects with a DiagnosticError when it or its configuration has to be put right
 */
export async function loadApp(given: Given): Promise<App> {
  const { source, config, frozen = false } = given;
  const known = loaded.get(source);
  const app = known && known.config === config && known.frozen === frozen ? known.app : planApp(given);
  loaded.set(source, { config, frozen, app });
  return app;
}

async function planApp({ source, config, secret, frozen = false }: Given): Promise<App> {
  const { tree, given, record } = await readSource(source, config);
  const [understanding, notice] = await understandWith(canBeHad, tree, given);
  const { plan, facts } = understood(understanding);
  if (notice !== undefined) notify(notice);
  const { version, ended } = facts.python;
  if (ended !== undefined) notify(`Python ${version.value} has had ${ended.value}: ${ended.why}`);
  for (const { file, ...limit } of facts.unread ?? [])
    notify(
      'depth' in limit
        ? `${file} was not read: brackets or lists lie in each other more than ${limit.depth} times`
        : `${file} was not read: it is longer than ${limit.lines} lines or ${limit.bytes / 1024} kB`,
    );
  return openApp(frozen ? frozenPlan(plan) : plan, withoutRendered(source, record, tree.paths), secret);
}

/** The plan that takes nothing but what is locked; throws a DiagnosticError that names what is not. */
function frozenPlan(plan: Plan): Plan {
  const open = Object.entries(plan.images).filter(([, { digest }]) => digest === undefined);
  const problems = [
    ...open.map(([image]) => diagnose('QS107', { image })),
    ...openPackages(plan).map(one => diagnose('QS118', one)),
  ];
  if (problems.length > 0) throw new DiagnosticError(problems);
  return insistingOnVersions(plan);
}

/** What stands in for an image is made of packages, on mirrors that not every machine reaches. What prevents it is told. */
async function canBeHad(image: string): Promise<boolean> {
  try {
    await findImage(image);
    return true;
  } catch (error) {
    notify(`${image} cannot be had: ${lastLines(String(error), 1).trim()}`);
    return false;
  }
}

/** What a source says before it is understood. */
export interface ReadSource {
  /** Everything that counts of it. */
  readonly whole: ListedDirectory;
  /** That without the files that were rendered from an earlier plan: they say nothing that the plan did not say. */
  readonly tree: ListedDirectory;
  readonly record: EjectRecord;
  readonly given: GivenConfig | undefined;
}

/** Lists the source and reads what it was given with. */
export async function readSource(source: Directory, config?: File): Promise<ReadSource> {
  // A checkout that is worked in holds data, builds and secrets that a new one would not have.
  const counted = source.filter({ gitignore: true });
  const [whole, given] = await Promise.all([directoryTree(counted), config && readGiven(config)]);
  const record = readRecord(await whole.read(RECORD));
  const written = new Set([RECORD, ...Object.keys(record)]);
  // What lies beside a file that stays is read by people alone.
  const isRendered = (path: string) => written.has(path) || path.endsWith(BESIDE);
  const paths = whole.paths.filter(path => !isRendered(path));
  const read = async (path: string) => (isRendered(path) ? undefined : whole.read(path));
  return { whole, tree: { paths, read }, record, given };
}

/** Images do not depend on the files that build them otherwise. */
function withoutRendered(source: Directory, record: EjectRecord, others: readonly string[]): Directory {
  const paths = ownPaths(Object.keys(record), others);
  // What stands for itself in a pattern, all the same.
  const exclude = [
    ...[...new Set([BROUGHT, ...paths])].map(path => path.replaceAll(/[*?[\]\\!]/g, '\\$&')),
    `**/*${BESIDE}`,
  ];
  return paths.length === 0 ? source : source.filter({ exclude });
}

async function readGiven(file: File): Promise<GivenConfig> {
  const [name, text] = await Promise.all([file.name(), file.contents()]);
  return { name, text };
}

function understood({ app, diagnostics }: Understanding): Understood {
  if (!app) throw new DiagnosticError(diagnostics);
  return app;
}
