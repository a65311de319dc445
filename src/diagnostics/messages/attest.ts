/** Messages about documents on images. */
import { message } from '../message.js';

export const ATTEST_MESSAGES = {
  QS920: message<{ readonly format: string; readonly known: readonly string[] }>({
    title: 'Not a format for lists of parts',
    about: 'What an image consists of is told as CycloneDX 1.6 or as SPDX 2.3, both in JSON.',
    words: ({ format, known }) => ({
      problem: `"${format}" is no format for what an image consists of`,
      expected: `one of ${known.join(', ')}`,
      fix: 'correct --format',
    }),
  }),
} as const;
