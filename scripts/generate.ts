/** Writes the files that are generated from the source and committed: the JSON Schema of quayside.yaml, the list of diagnostics. */
import { writeFileSync } from 'node:fs';
import { generatedFiles } from './generated-files.js';

for (const [path, text] of Object.entries(generatedFiles())) {
  writeFileSync(new URL(`../${path}`, import.meta.url), text);
}
