/** An example's source as the files that are rendered for it see it. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { RenderedSource } from '../../src/render/rendered.js';

const EXAMPLES = new URL('../../examples/', import.meta.url);

/** Reads what git tracks of an example. */
export function sourceOf(name: string): RenderedSource {
  const cwd = new URL(`${name}/`, EXAMPLES);
  const paths = execFileSync('git', ['ls-files'], { cwd, encoding: 'utf8' }).trim().split('\n').sort();
  const ignores = paths.filter(path => /(^|\/)\.gitignore$/.test(path));
  const gitignores = ignores.map(path => [
    path.replace(/\/?\.gitignore$/, ''),
    readFileSync(new URL(path, cwd), 'utf8'),
  ]);
  return { paths, gitignores: Object.fromEntries(gitignores) as Record<string, string> };
}
