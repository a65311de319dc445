/** Messages about vulnerabilities of images. */
import { message } from '../message.js';

/** Of the run: what was built is not good enough, as with a test that fails. */
export const SCAN_RUN_MESSAGES = {
  QS720: message<{
    readonly image: string;
    /** How many there are. */
    readonly counted: string;
    readonly worst: readonly { readonly id: string; readonly package: string }[];
    readonly failOn: string;
  }>({
    title: 'An image has vulnerabilities that are too grave',
    about:
      'A scan found vulnerabilities of the severity that scan.failOn names, or graver ones. Nobody has said that they do no harm in this app.',
    words: ({ image, counted, worst, failOn }) => ({
      problem: `the image ${image} has ${counted}, such as ${worst.map(one => `${one.id} in ${one.package}`).join(', ')}`,
      expected: `none whose severity is ${failOn} or above`,
      fix: 'upgrade what has a mended version (base images: ./quayside lock --upgrade); what does no harm here goes into quayside.yaml: scan: { ignore: [{ id: …, reason: …, expires: … }] }',
    }),
  }),
} as const;

export const SCAN_MESSAGES = {
  QS940: message<{ readonly id: string; readonly expires: string; readonly reason: string }>({
    title: 'A vulnerability is no longer ignored',
    about:
      'Whoever ignores a vulnerability says until when. That day is over, so somebody has to look at it again: nothing is scanned before.',
    words: ({ id, expires, reason }) => ({
      problem: `${id} was to be ignored until ${expires} ("${reason}"), and that is over`,
      expected: 'a day that is still to come, or no such entry',
      fix: 'take the entry out, and look at what the scan says; or give it a new day in expires',
    }),
  }),
  QS941: message<{ readonly format: string; readonly known: readonly string[] }>({
    title: 'Not a format for what a scan found',
    about: 'What a scan found is told as a table for people, as JSON, or as SARIF for code scanning.',
    words: ({ format, known }) => ({
      problem: `"${format}" is no format for what a scan found`,
      expected: `one of ${known.join(', ')}`,
      fix: 'correct --format',
    }),
  }),
  QS942: message<{ readonly failOn: string; readonly known: readonly string[] }>({
    title: 'Not a severity',
    about: 'A scan fails from a severity on, or never.',
    words: ({ failOn, known }) => ({
      problem: `"${failOn}" is no severity`,
      expected: `one of ${known.join(', ')}`,
      fix: 'correct --fail-on',
    }),
  }),
  QS943: message<{ readonly image: string }>({
    title: 'The scanner is not locked',
    about:
      'With --frozen nothing is started whose image is not known by digest. The scanner is locked where quayside.yaml says something of scans.',
    words: ({ image }) => ({
      problem: `quayside.lock does not say which ${image} is meant, since quayside.yaml says nothing of scans`,
      expected: 'its digest',
      fix: 'write scan: {} in quayside.yaml, and run ./quayside lock',
    }),
  }),
} as const;
