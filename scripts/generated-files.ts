/** The generated files of the repository: path to text. A test keeps the committed ones equal to them. */
import { configJsonSchema } from '../src/config/schema.js';
import { renderCodes } from '../src/diagnostics/codes.js';

/** Returns the files that follow from the configuration's schema and the diagnostics, by their paths from the root of the repository. */
export function generatedFiles(): Readonly<Record<string, string>> {
  return {
    'docs/quayside.schema.json': `${JSON.stringify(configJsonSchema(), null, 2)}\n`,
    'docs/diagnostics.md': renderCodes(),
  };
}
