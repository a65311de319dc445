/** Apps whose files the tests render: the examples, by their golden plans, and skeletons of the corpus, planned as they are asked for. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Plan } from '../../src/plan/types.js';
import type { Rendered, RenderedSource } from '../../src/render/rendered.js';
import { memoryTree } from '../../src/source/tree.js';
import { understand } from '../../src/understand.js';
import { readSkeleton } from '../unit/support/corpus.js';

const GOLDEN = new URL('../golden/plan/', import.meta.url);
const EXAMPLES = new URL('../../examples/', import.meta.url);

/** Names of the examples. */
export const EXAMPLE_NAMES: readonly string[] = readdirSync(GOLDEN).flatMap(
  file => /^(.*)\.golden\.json$/.exec(file)?.[1] ?? [],
);

/** What files are rendered from. */
export interface RenderedApp {
  readonly plan: Plan;
  readonly source: RenderedSource;
}

/** An example. */
export function exampleApp(name: string): RenderedApp {
  const plan = JSON.parse(readFileSync(new URL(`${name}.golden.json`, GOLDEN), 'utf8')) as Plan;
  const files = exampleFiles(name);
  return { plan, source: sourceOf(files) };
}

/** The files of an example that git tracks, by path. */
export function exampleFiles(name: string): Readonly<Record<string, string>> {
  const cwd = new URL(`${name}/`, EXAMPLES);
  const paths = execFileSync('git', ['ls-files'], { cwd, encoding: 'utf8' }).trim().split('\n').sort();
  return Object.fromEntries(paths.map(path => [path, readFileSync(new URL(path, cwd), 'utf8')]));
}

/** A skeleton of the corpus. @throws Error when it cannot be planned */
export async function corpusApp(name: string): Promise<RenderedApp> {
  return plannedApp(readSkeleton(name).files);
}

/** An app of these files, by path. @throws Error when it cannot be planned */
export async function plannedApp(files: Readonly<Record<string, string>>): Promise<RenderedApp> {
  const { app, diagnostics } = await understand(memoryTree(files));
  if (!app) throw new Error(`no plan: ${JSON.stringify(diagnostics)}`);
  return { plan: app.plan, source: sourceOf(files) };
}

function sourceOf(files: Readonly<Record<string, string>>): RenderedSource {
  const ignores = Object.entries(files).filter(([path]) => /(^|\/)\.gitignore$/.test(path));
  return {
    paths: Object.keys(files),
    gitignores: Object.fromEntries(ignores.map(([path, text]) => [path.replace(/\/?\.gitignore$/, ''), text])),
  };
}

/** Writes them below a directory. @returns their paths */
export function writeRendered(rendered: readonly Rendered[], dir: string): readonly string[] {
  return rendered.map(({ path, text }) => {
    const file = join(dir, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    return file;
  });
}
