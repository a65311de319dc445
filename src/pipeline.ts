/** From a source directory to what Quayside makes of it, ready to be built. */
import type { Directory, File } from '@dagger.io/dagger';
import type { GivenConfig } from './config/load.js';
import { type App, openApp } from './dagger/app.js';
import { findImage } from './dagger/container.js';
import { notify } from './dagger/notices.js';
import { directoryTree } from './dagger/tree.js';
import { DiagnosticError } from './diagnostics/error.js';
import { type Understanding, type Understood, understand, understandWith } from './understand.js';

/**
 * Reads the source and plans its build.
 * @param source the directory with the app, or with a quayside.yaml whose `root` leads to it
 * @param config a quayside.yaml to use in place of the source's own
 * @returns what was made of it; rejects with a DiagnosticError when the app or its configuration has to be put right
 */
export async function readApp(source: Directory, config?: File): Promise<Understood> {
  const { tree, given } = await readSource(source, config);
  return understood(await understand(tree, given));
}

const loaded = new WeakMap<Directory, { readonly config: File | undefined; readonly app: Promise<App> }>();

/**
 * Reads the source and puts its plan and itself together, ready to be built. Asked again about the same directory object, it answers from
 * memory: a run and its reports are of one app. A Python of which no registry has an image, or none
 * answers, gives way to the nearest that has one, and that is said.
 * @param source the directory with the app, or with a quayside.yaml whose `root` leads to it
 * @param config a quayside.yaml to use in place of the source's own
 * @returns the app; rejects with a DiagnosticError when it or its configuration has to be put right
 */
export function loadApp(source: Directory, config?: File): Promise<App> {
  const known = loaded.get(source);
  if (known && known.config === config) return known.app;
  const app = planApp(source, config);
  loaded.set(source, { config, app });
  return app;
}

async function planApp(source: Directory, config: File | undefined): Promise<App> {
  const { tree, given } = await readSource(source, config);
  const [understanding, notice] = await understandWith(canBeHad, tree, given);
  const { plan } = understood(understanding);
  if (notice !== undefined) notify(notice);
  return openApp(plan, source);
}

async function canBeHad(image: string): Promise<boolean> {
  try {
    await findImage(image);
    return true;
  } catch {
    return false;
  }
}

async function readSource(source: Directory, config?: File) {
  // A checkout that is worked in holds data, builds and secrets that a new one would not have.
  const counted = source.filter({ gitignore: true });
  const [tree, given] = await Promise.all([directoryTree(counted), config && readGiven(config)]);
  return { tree, given };
}

async function readGiven(file: File): Promise<GivenConfig> {
  const [name, text] = await Promise.all([file.name(), file.contents()]);
  return { name, text };
}

function understood({ app, diagnostics }: Understanding): Understood {
  if (!app) throw new DiagnosticError(diagnostics);
  return app;
}
