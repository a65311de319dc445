/** Messages about the files that are rendered. */
import { message } from '../message.js';
import { closest } from '../suggest.js';

export const RENDER_MESSAGES = {
  QS801: message<{ readonly name: string; readonly known: readonly string[] }>({
    title: 'No such format',
    about: 'Something was asked to be rendered that Quayside has no form for.',
    words: ({ name, known }) => {
      const near = closest(name, known);
      return {
        problem: `there is no format "${name}"`,
        expected: `one of ${known.join(', ')}`,
        fix: near === undefined ? 'name some of them with commas between, or none for all' : `did you mean "${near}"?`,
      };
    },
  }),
};
