/** Places in the app's configuration. */
import type { Place } from '../diagnostics/diagnostic.js';

/** The place of a key in the app's quayside.yaml. */
export function configPlace(key: string): Place {
  return { file: 'quayside.yaml', key };
}
