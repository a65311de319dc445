/** Writes cli/functions.generated.json from src/index.ts. */

import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { FUNCTION_TABLE } from '../cli/functions.js';
import { introspectModule } from '../cli/introspect.js';

const table = await introspectModule(fileURLToPath(new URL('../src', import.meta.url)), 'Quayside');
writeFileSync(FUNCTION_TABLE, `${JSON.stringify(table, null, 2)}\n`);
