/** Words and instructions of Dockerfiles, as BuildKit takes them. */
import { describe, expect, it } from 'vitest';
import { expandWord, splitWords } from '../../../engine/schema/dockerfile/expand.js';
import { readDockerfile } from '../../../engine/schema/dockerfile/read.js';

const values: Readonly<Record<string, string>> = { A: 'a', EMPTY: '', SPACED: 'x  y' };
const lookup = (name: string): string | undefined => values[name];

// What `docker build` makes of them: the table of buildkit's frontend/dockerfile/shell, envVarTest, as far as it is served.
it.each([
  ['plain', 'plain'],
  ['$A', 'a'],
  ['${A}b', 'ab'],
  ['$Ab', ''],
  ['$A.b/$A', 'a.b/a'],
  ['\\$A', '$A'],
  ["'$A'", '$A'],
  ['"$A"', 'a'],
  ['"\\$A"', '$A'],
  ['"\\n"', '\\n'],
  ['a\\ b', 'a b'],
  ["it\\'s", "it's"],
  ['"it\'s"', "it's"],
  ['${NONE}', ''],
  ['${NONE:-d}', 'd'],
  ['${NONE-d}', 'd'],
  ['${EMPTY:-d}', 'd'],
  ['${EMPTY-d}', ''],
  ['${A:-d}', 'a'],
  ['${A:+w}', 'w'],
  ['${EMPTY:+w}', ''],
  ['${EMPTY+w}', 'w'],
  ['${NONE:-${A}}', 'a'],
  ['${NONE:-"x}y"}', 'x}y'],
  ['${SPACED}', 'x  y'],
  ['$', '$'],
  ['$%', '$%'],
  ['100%', '100%'],
])('%s is %s', (word, expanded) => {
  expect(expandWord(word, lookup)).toBe(expanded);
});

it.each([
  ['"open', /no closing "/],
  ["'open", /no closing '/],
  ['${A', /\$\{A/],
  ['${A:-open', /no closing \}/],
  ['${NONE:?not given}', /NONE: not given/],
  ['${A#a}', /:-, :\+ or :\?/],
])('%s is refused', (word, message) => {
  expect(() => expandWord(word, lookup)).toThrow(message);
});

it('words are held together by quotes and by what takes the meaning of a blank', () => {
  expect(splitWords(`A="x y" B='p q'  C=a\\ b\tD`)).toEqual(['A="x y"', "B='p q'", 'C=a\\ b', 'D']);
  expect(splitWords('')).toEqual([]);
});

describe('a Dockerfile', () => {
  const read = (text: string) =>
    readDockerfile(text).instructions.map(({ keyword, text: rest, flags, words }) => [keyword, rest, flags, words]);

  it('has lines that go on, with comments among them', () => {
    expect(read('from a\n# no\nRun a && \\\n  # not said\n\n  b \\\n  c\nCMD ["x"]')).toEqual([
      ['FROM', 'a', [], undefined],
      ['RUN', 'a &&   b   c', [], undefined],
      ['CMD', '["x"]', [], ['x']],
    ]);
  });

  it('may have another character for that', () => {
    expect(read('# escape=`\nFROM a\nRUN dir c:\\ `\n /s')).toEqual([
      ['FROM', 'a', [], undefined],
      ['RUN', 'dir c:\\  /s', [], undefined],
    ]);
  });

  it('has flags, each as it is written', () => {
    expect(read('COPY --from=x --chown=1:1 a b')).toEqual([
      [
        'COPY',
        'a b',
        [
          ['from', 'x'],
          ['chown', '1:1'],
        ],
        undefined,
      ],
    ]);
  });

  it('holds texts of many lines', () => {
    const [instruction] = readDockerfile('COPY <<one <<-"two" /d/\na $A\n\nb\none\n\tc\n\ttwo\nRUN x').instructions;
    expect(instruction).toMatchObject({
      text: '<<one <<-"two" /d/',
      heredocs: [
        { name: 'one', content: 'a $A\n\nb\n', isExpanded: true },
        { name: 'two', content: 'c\n', isExpanded: false },
      ],
    });
  });
});
