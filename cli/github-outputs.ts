/** What later steps of a GitHub workflow may want to know of what was published. */
import { appendFileSync } from 'node:fs';
import type { Publication } from '../src/publish/publication.js';

/**
 * Sets outputs of the step: `address`, `digest` and `tags` (one a line) of the web server's image, and `publication`, which is all of the result. Without
 * GITHUB_OUTPUT nothing is done.
 */
export function setPublicationOutputs(publication: Publication, { GITHUB_OUTPUT: file }: NodeJS.ProcessEnv): void {
  if (!file) return;
  const [image] = publication.images;
  if (image === undefined) return;
  const { address, digest, tags } = image;
  const outputs = {
    address,
    digest,
    tags: tags.map(({ name }) => name).join('\n'),
    publication: JSON.stringify(publication),
  };
  // No line of an output is its end.
  const lines = Object.entries(outputs).map(([name, value]) => `${name}<<QUAYSIDE_END\n${value}\nQUAYSIDE_END\n`);
  appendFileSync(file, lines.join(''));
}
