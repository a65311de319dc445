/** What processes may do, and how long they have to end. */
import type { Process, Security } from '../plan/types.js';

/** Container managers kill ten seconds after the stop signal. */
export const STOP: Process['stop'] = { signal: 'SIGTERM', seconds: 10 };

/** nginx answers what it has begun to when it is asked so. */
export const NGINX_STOP: Process['stop'] = { ...STOP, signal: 'SIGQUIT' };

/** Nothing but volumes and temporary files has to be written. */
export function mayDo(user: string): Security {
  return { user, readOnly: true, tmp: ['/tmp'] };
}
