/** What Dagger loads as the module: all that src/ needs, and nothing else, since an edit of any of it loads the module anew. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ignore from 'ignore';
import { expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const { include = [] }: { include?: string[] } = JSON.parse(readFileSync(join(ROOT, 'dagger.json'), 'utf8'));
const left = include.map(pattern => pattern.replace(/^!/, ''));
const ignored = ignore().add(readFileSync(join(ROOT, '.gitignore'), 'utf8'));

const NEEDED = ['dagger.json', 'docker', 'compose', 'package.json', 'package-lock.json', 'tsconfig.json', 'src'];
/** Of no use to it, and hardly ever edited. */
const HARMLESS = ['.git', '.gitignore', 'LICENSE'];

test('dagger.json leaves things out by name, and adds none', () => {
  expect(include.filter(pattern => !/^![\w.-]+$/.test(pattern))).toEqual([]);
  expect(left.filter(name => !existsSync(join(ROOT, name)))).toEqual([]);
});

test('what is left is what the module needs', () => {
  const there = readdirSync(ROOT, { withFileTypes: true })
    .filter(entry => !ignored.ignores(entry.isDirectory() ? `${entry.name}/` : entry.name))
    .map(({ name }) => name);
  const shipped = there.filter(name => !left.includes(name) && !HARMLESS.includes(name));
  expect(shipped.sort()).toEqual([...NEEDED].sort());
});

test('whatever src reads beside itself is shipped', () => {
  const sources = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' }).filter(name =>
    name.endsWith('.ts'),
  );
  const read = sources.flatMap(name => {
    const text = readFileSync(join(ROOT, 'src', name), 'utf8');
    return [...text.matchAll(/readPackaged\(\s*[`'"]([^/`'"]+)\//g)].map(([, directory]) => directory);
  });
  expect(new Set(read).size).toBeGreaterThan(0);
  expect([...new Set(read)].filter(directory => !NEEDED.includes(directory!))).toEqual([]);
});
