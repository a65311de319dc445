/** From an app to its first quayside.yaml, and to files that are asked for with it. Nothing that is there is changed. */
import { type Directory, dag } from '@dagger.io/dagger';
import { CONFIG_FILE } from './config/load.js';
import { notify } from './dagger/notices.js';
import { initialConfig, openQuestions } from './detect/explain/initial.js';
import { explained } from './detect/explain/sections.js';
import { diagnose } from './diagnostics/diagnose.js';
import { DiagnosticError } from './diagnostics/error.js';
import { renderedFiles } from './eject.js';
import { readSource } from './pipeline.js';
import { FORMATS, type Format } from './render/eject.js';
import { understand } from './understand.js';

/** What can be asked for beside quayside.yaml: the format that has it, and which of its files. */
const BESIDES: Readonly<Record<string, { readonly format: Format; readonly isMeant: (path: string) => boolean }>> = {
  dockerignore: { format: 'dockerfile', isMeant: path => path === '.dockerignore' },
  github: { format: 'github', isMeant: () => true },
  gitlab: { format: 'gitlab', isMeant: () => true },
};

/**
 * Writes quayside.yaml, also for an app that cannot be understood yet: what was found stands in it as comments, and what has to be
 * answered with the answers to choose from. It configures nothing.
 * @param also names of files beside it
 * @returns the directory with the files; rejects with a DiagnosticError when there is a quayside.yaml, or a name is not known
 */
export async function initApp(source: Directory, also: readonly string[]): Promise<Directory> {
  const wanted = also.map(name => {
    const besides = Object.hasOwn(BESIDES, name) ? BESIDES[name] : undefined;
    if (!besides) throw new DiagnosticError([diagnose('QS801', { name, known: Object.keys(BESIDES) })]);
    return besides;
  });
  const read = await readSource(source);
  if (read.whole.paths.includes(CONFIG_FILE)) throw new DiagnosticError([diagnose('QS802', {}, { file: CONFIG_FILE })]);
  const { app, diagnostics } = await understand(read.tree);
  const text = app ? initialConfig(explained(app.facts, app.configured)) : openQuestions(diagnostics);
  const written = dag.directory().withNewFile(CONFIG_FILE, text);
  if (wanted.length === 0) return written;
  if (!app) {
    notify(`nothing but ${CONFIG_FILE} is written until what it asks is answered`);
    return written;
  }
  const formats = FORMATS.filter(format => wanted.some(besides => besides.format === format));
  const isMeant = (path: string) => wanted.some(besides => besides.isMeant(path));
  const files = await renderedFiles(read, app.plan, { formats, force: false, isMeant });
  return written.withDirectory('.', files);
}
