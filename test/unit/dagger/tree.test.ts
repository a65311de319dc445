/** Files that detection reads at the same time, and what an engine is asked for them. */
import { type Directory, dag } from '@dagger.io/dagger';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { directoryTree } from '../../../src/dagger/tree.js';

const request = vi.fn();

const files: Readonly<Record<string, string>> = Object.fromEntries(
  Array.from({ length: 600 }, (_, at) => [`${at}.py`, `text ${at}`]),
);
let alone: string[];
const directory = {
  sync: async () => directory,
  id: async () => 'an id',
  glob: async () => [...Object.keys(files), 'gone', 'sub/'],
  exists: async () => false,
  file: (path: string) => ({
    contents: async () => {
      alone.push(path);
      if (files[path] === undefined) throw new Error('no such file');
      return files[path];
    },
  }),
} as unknown as Directory;

/** Answers as an engine does: for all fields, or for none. */
async function answer(question: string, { directory: id, ...paths }: Record<string, string>) {
  expect(id).toBe('an id');
  const fields = [...question.matchAll(/(f\d+): file\(path: \$(p\d+)\)/g)];
  const node = fields.map(([, field, path]) => {
    const contents = files[paths[path!]!];
    if (contents === undefined) throw new Error('no such file');
    return [field, { contents }];
  });
  return { node: Object.fromEntries(node) };
}

beforeEach(() => {
  alone = [];
  request.mockReset().mockImplementation(answer);
  vi.spyOn(dag, 'getGQLClient').mockReturnValue({ request } as never);
});
afterEach(() => {
  vi.restoreAllMocks();
});

test('files that are asked for together are read by few questions, of the same words where they are as many', async () => {
  const { read } = await directoryTree(directory);
  const texts = await Promise.all(Object.keys(files).map(read));
  expect(texts).toEqual(Object.values(files));
  const questions = request.mock.calls.map(([question]) => question);
  expect([questions.length, new Set(questions).size, alone]).toEqual([3, 2, []]);
  expect(await read('7.py')).toBe('text 7');
  expect(request).toHaveBeenCalledTimes(3);
});

test('a file that is asked for by itself is read so, and what is not listed by nobody', async () => {
  const { read } = await directoryTree(directory);
  expect([await read('1.py'), await read('sub/'), await read('other')]).toEqual(['text 1', undefined, undefined]);
  expect([request.mock.calls.length, alone]).toEqual([0, ['1.py']]);
});

test('where one of several is no file, the others are read all the same', async () => {
  const { read } = await directoryTree(directory);
  expect(await Promise.all(['1.py', 'gone', '2.py'].map(read))).toEqual(['text 1', undefined, 'text 2']);
  expect([request.mock.calls.length, alone]).toEqual([1, ['1.py', 'gone', '2.py']]);
});
