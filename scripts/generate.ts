/**
 * Writes the files that are generated from the source and committed: the registries of src/support with docs/supported.md, the
 * JSON Schema of quayside.yaml, the list of diagnostics.
 */
import { writeFileSync } from 'node:fs';
import { supportFiles } from './generate-support.js';

function write(files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    writeFileSync(new URL(`../${path}`, import.meta.url), text);
  }
}

write(await supportFiles());
// The schema and the words of diagnostics are made of the registries: loaded when those are written.
const { generatedFiles } = await import('./generated-files.js');
write(generatedFiles());
