/** The local engine's public edge; what its functions take and give is in contract.ts. */
export { startSession } from './session.js';
export { engineStatus, prune } from './store/prune.js';
