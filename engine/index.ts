/** The local engine's public edge; what its functions take and give is in contract.ts. */
export { startSession } from './session.js';
export { prune } from './store/prune.js';
export { engineStatus } from './store/status.js';
