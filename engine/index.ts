/** The local engine's public edge. */
export type {
  EngineEvent,
  EngineStatus,
  LocalEngine,
  PruneOptions,
  PruneResult,
  Session,
  SessionOptions,
} from './contract.js';
export { startSession } from './session.js';
export { engineStatus, prune } from './store/prune.js';
