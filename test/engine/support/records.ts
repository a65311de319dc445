import { openRecords, type Records } from '../../../engine/store/records.js';

/** Records whose files are written in `work`, and what they gave notice of. */
export function recordsIn(work: string): Records & { readonly notices: readonly string[] } {
  const notices: string[] = [];
  return { ...openRecords({ work, session: 'test', notice: text => notices.push(text) }), notices };
}
