/** From a source directory to what Quayside makes of it, ready to be built. */
import type { Directory, File } from '@dagger.io/dagger';
import type { GivenConfig } from './config/load.js';
import { type App, openApp } from './dagger/app.js';
import { directoryTree } from './dagger/tree.js';
import { DiagnosticError } from './diagnostics/error.js';
import { type Understood, understand } from './understand.js';

/** An app that was understood, and its plan ready to be built. */
export interface Pipeline extends Understood {
  readonly app: App;
}

const loaded = new WeakMap<Directory, { readonly config: File | undefined; readonly pipeline: Promise<Pipeline> }>();

/**
 * Reads the source and plans its build. Asked again about the same directory object, it answers from memory.
 * @param source the directory with the app, or with a quayside.yaml whose `root` leads to it
 * @param config a quayside.yaml to use in place of the source's own
 * @returns the pipeline; rejects with a DiagnosticError when the app or its configuration has to be put right
 */
export function loadPipeline(source: Directory, config?: File): Promise<Pipeline> {
  const known = loaded.get(source);
  if (known && known.config === config) return known.pipeline;
  const pipeline = readPipeline(source, config);
  loaded.set(source, { config, pipeline });
  return pipeline;
}

async function readPipeline(source: Directory, configFile?: File): Promise<Pipeline> {
  // A checkout that is worked in holds data, builds and secrets that a new one would not have.
  const counted = source.filter({ gitignore: true });
  const [tree, config] = await Promise.all([directoryTree(counted), configFile && readGiven(configFile)]);
  const { app, diagnostics } = await understand(tree, config);
  if (!app) throw new DiagnosticError(diagnostics);
  return { ...app, app: openApp(app.plan, source) };
}

async function readGiven(file: File): Promise<GivenConfig> {
  const [name, text] = await Promise.all([file.name(), file.contents()]);
  return { name, text };
}
