/** Comments in JavaScript files. */
import { expect, it } from 'vitest';
import { withoutComments } from '../../../src/source/script-file.js';

it.each<readonly [string, string]>([
  ['a(); // one\nb();', 'a();       \nb();'],
  ['/* one\n two */ b', '      \n        b'],
  ["const url = 'https://a.b/c';", "const url = 'https://a.b/c';"],
  ["const text = 'see // below';", "const text = 'see // below';"],
  ["x(['src/*.ts', 'test/**/*.ts']);", "x(['src/*.ts', 'test/**/*.ts']);"],
  ['`/* ${a} */`', '`/* ${a} */`'],
  ["it's http://a.b // here", "it's http://a.b        "],
  ['"\\"//"// x', '"\\"//"// x'],
])('%j without comments', (text, expected) => {
  expect(withoutComments(text)).toBe(expected);
});
