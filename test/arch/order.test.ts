import { describe, expect, test } from 'vitest';
import { type Import, importsOf, sourceFiles } from './imports.js';

/**
 * The rooms of the module in their order: each may know those above it in this list, none below. So there is no circle between
 * them, and reading the code from the top of the list to its end needs no room twice. What each may know is in fences.test.ts.
 */
const ORDER: readonly string[] = [
  'src/diagnostics',
  'src/packaged.ts',
  'src/plan',
  'src/source',
  'src/support',
  'src/config',
  'src/detect/facts.ts',
  'src/detect/files',
  'src/detect/code',
  'src/detect/project.ts',
  'src/detect/python',
  'src/detect/services',
  'src/detect/frontend',
  'src/detect/data',
  'src/detect/app',
  'src/detect/suites',
  'src/detect/read-project.ts',
  'src/detect/detect.ts',
  'src/detect/explain',
  'src/planner',
  'src/understand.ts',
  'src/dagger',
  'src/pipeline.ts',
  'src/index.ts',
];

/** Arrows that still run back up; the list may only become shorter. */
const STILL: readonly string[] = ['src/detect/files -> src/detect/project.ts', 'src/detect/python -> src/detect/app'];

const within = (path: string, place: string): boolean => path === place || path.startsWith(`${place}/`);
const byLength = ORDER.toSorted((a, b) => b.length - a.length);
const roomOf = (file: string): string | undefined => byLength.find(room => within(file, room));

/** The arrow between rooms that an import makes against the order; undefined when it makes none. */
function backwards({ file, target }: Import): string | undefined {
  const [from, to] = [roomOf(file), roomOf(target)];
  if (from === undefined || to === undefined || ORDER.indexOf(to) <= ORDER.indexOf(from)) return undefined;
  return `${from} -> ${to}`;
}

const imports = sourceFiles('src').flatMap(file => importsOf(file));

describe('the order of rooms', () => {
  test('no arrow runs back up between rooms', () => {
    const found = imports.flatMap(item => {
      const arrow = backwards(item);
      return arrow === undefined || STILL.includes(arrow)
        ? []
        : [`${arrow}: ${item.file}:${item.line} imports ${item.target}`];
    });
    expect(found).toEqual([]);
  });

  test('an import of a room below is seen, one of a room above or of the own one is none', () => {
    const at = (file: string, target: string) => backwards({ file, line: 1, target });
    expect(at('src/detect/code/module.ts', 'src/detect/app/server.ts')).toBe('src/detect/code -> src/detect/app');
    expect(at('src/plan/types.ts', 'src/source/tree.ts')).toBe('src/plan -> src/source');
    expect(at('src/detect/app/server.ts', 'src/detect/code/module.ts')).toBeUndefined();
    expect(at('src/detect/app/server.ts', 'src/detect/app/health.ts')).toBeUndefined();
    expect(at('src/detect/app/server.ts', 'yaml')).toBeUndefined();
  });
});
