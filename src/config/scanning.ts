/** What quayside.yaml may say about vulnerabilities. */
import * as z from 'zod';
import { anyOf } from '../diagnostics/listing.js';
import { DEFAULT_FAIL_LEVEL, FAIL_LEVELS, SCANNER } from '../support/scanner.js';
import { word } from './values.js';

const day = 'a day such as "2026-12-31"';

/** Such a day of the calendar, and no 31st of February. */
function isDay(text: string): boolean {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

const ignored = z.strictObject(
  {
    id: word('the name of a vulnerability such as CVE-2026-1234').describe(
      'Name of the vulnerability: any that it has, as CVE or as GHSA.',
    ),
    package: word('the name of a package').describe('Only in this package. Default: in any.').optional(),
    reason: word('why it does no harm here').describe('Why it is ignored, for whoever asks later.'),
    expires: z
      .string({ error: day })
      .refine(isDay, { error: day })
      .describe('The last day on which it is ignored: after it the scan asks for a new decision.'),
  },
  { error: 'a mapping with id, package, reason and expires' },
);

export const scanning = z
  .strictObject(
    {
      failOn: z
        .enum(FAIL_LEVELS, { error: anyOf(FAIL_LEVELS) })
        .describe(`Severity from which on a vulnerability fails the scan. Default: ${DEFAULT_FAIL_LEVEL}.`)
        .optional(),
      onlyFixed: z
        .boolean({ error: 'true or false' })
        .describe('Whether one for which there is no mended version yet fails nothing. Default: false.')
        .optional(),
      ignore: z
        .array(ignored, { error: 'a list of mappings with id, package, reason and expires' })
        .describe('Vulnerabilities that were looked at, and that fail nothing until a day.')
        .optional(),
      image: word('an image such as docker.io/anchore/grype:v0.121.2')
        .describe(`Image of the scanner, which is grype. Default: ${SCANNER.image}.`)
        .optional(),
    },
    { error: 'a mapping with failOn, onlyFixed, ignore and image' },
  )
  .describe('What vulnerabilities of the images mean. Where this key is, quayside.lock names the scanner by digest.');
