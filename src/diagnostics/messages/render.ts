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
  QS802: message<Record<string, never>>({
    title: 'There is a quayside.yaml already',
    about: '`init` writes a first quayside.yaml, and no other: what stands in one that is there is yours.',
    words: () => ({
      problem: 'there is a quayside.yaml already, and it stays as it is',
      expected: 'a source without one',
      fix: 'see with "quayside explain" what holds and which key changes it, or move the file away',
    }),
  }),
  QS803: message<{ readonly kind: 'path' | 'value'; readonly what: string }>({
    title: 'Something that rendered files have no form for',
    about:
      'Dockerfiles, compose files and Makefiles give some characters a meaning of their own. A path or a value that has them works with `build`, `test` and `serve`, but cannot be written into such files.',
    words: ({ kind, what }) =>
      kind === 'path'
        ? {
            problem: `the path ${JSON.stringify(what)} has a character that Dockerfiles or compose files read in another way`,
            expected: 'paths without line breaks and $ \\ : " ` * ? [ ]',
            fix: 'rename it',
          }
        : {
            problem: `the value of ${what} has more than one line, for which Dockerfiles have no form`,
            expected: 'one line',
            fix: `write it as one line (encoded, for instance by base64), or give ${what} where the image runs`,
          },
  }),
};
