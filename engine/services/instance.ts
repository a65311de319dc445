/** A service on its way up, and one that runs. */
import type { ServiceDefinition } from '../objects/service.js';

/** A service to be started. */
export interface Launch {
  readonly service: ServiceDefinition;
  /** What its container is called. */
  readonly container: string;
  /** The name of its host, as processes of its own see it. */
  readonly hostname: string;
  /** What messages call it. */
  readonly label: string;
}

export interface RunningService {
  readonly container: string;
  /** What podman calls it. */
  readonly id: string;
  readonly address: string;
  readonly pid: number;
}

/** A service that was started, whether it came up or not. */
export interface Instance {
  readonly ready: Promise<RunningService>;
  /** Gives up what it holds besides its container. */
  release(): Promise<void>;
}
