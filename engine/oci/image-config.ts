/** An image's configuration, apart from its layers, and its JSON as Docker and OCI write it. */
import { defined } from '../defined.js';

export interface Platform {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string;
}

/** Durations in nanoseconds, as in the JSON. */
export interface ImageHealthcheck {
  /** `["CMD", …]`, `["CMD-SHELL", command]` or `["NONE"]`. */
  readonly test: readonly string[];
  readonly interval?: number;
  readonly timeout?: number;
  readonly startPeriod?: number;
  readonly startInterval?: number;
  readonly retries?: number;
}

export interface ImageConfig {
  /** `NAME=value`, in order. */
  readonly env: readonly string[];
  readonly entrypoint?: readonly string[];
  readonly cmd?: readonly string[];
  readonly user?: string;
  readonly workdir?: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** `8000/tcp`. */
  readonly exposedPorts?: readonly string[];
  readonly volumes?: readonly string[];
  readonly stopSignal?: string;
  readonly shell?: readonly string[];
  readonly healthcheck?: ImageHealthcheck;
}

interface HealthcheckJson {
  Test?: string[] | null;
  Interval?: number;
  Timeout?: number;
  StartPeriod?: number;
  StartInterval?: number;
  Retries?: number;
}

/** The `config` object as it stands in the JSON. */
export interface ConfigJson {
  User?: string;
  ExposedPorts?: Record<string, object> | null;
  Env?: string[] | null;
  Entrypoint?: string[] | null;
  Cmd?: string[] | null;
  Healthcheck?: HealthcheckJson | null;
  Volumes?: Record<string, object> | null;
  WorkingDir?: string;
  Labels?: Record<string, string> | null;
  StopSignal?: string;
  Shell?: string[] | null;
}

/**
 * Writes the `config` object: keys in Docker's order, maps sorted, absent fields left out.
 *
 * The health check stands where Docker puts it. OCI's specification has no such field: Docker keeps and runs it in either format, Podman and
 * Kubernetes ignore it in an image with OCI media types (Kubernetes always does). Publish with Docker's media types where Podman has to see it.
 */
export function toConfigJson(config: ImageConfig): ConfigJson {
  return defined({
    User: config.user || undefined,
    ExposedPorts: keySet(config.exposedPorts),
    Env: [...config.env],
    Entrypoint: config.entrypoint && [...config.entrypoint],
    Cmd: config.cmd && [...config.cmd],
    Healthcheck: config.healthcheck && toHealthcheckJson(config.healthcheck),
    Volumes: keySet(config.volumes),
    WorkingDir: config.workdir || undefined,
    Labels: Object.keys(config.labels ?? {}).length > 0 ? sortedRecord(config.labels ?? {}) : undefined,
    StopSignal: config.stopSignal || undefined,
    Shell: config.shell && [...config.shell],
  });
}

/** Reads the `config` object of any image; the inverse of `toConfigJson`. Null and absent are the same. */
export function fromConfigJson(json: ConfigJson): ImageConfig {
  return {
    env: json.Env ?? [],
    ...defined({
      entrypoint: json.Entrypoint ?? undefined,
      cmd: json.Cmd ?? undefined,
      user: json.User || undefined,
      workdir: json.WorkingDir || undefined,
      labels: json.Labels ?? undefined,
      exposedPorts: json.ExposedPorts ? Object.keys(json.ExposedPorts).sort() : undefined,
      volumes: json.Volumes ? Object.keys(json.Volumes).sort() : undefined,
      stopSignal: json.StopSignal || undefined,
      shell: json.Shell ?? undefined,
      healthcheck: fromHealthcheckJson(json.Healthcheck ?? {}),
    }),
  };
}

/** Sorts a record by key, so that the same content gives the same bytes. */
export function sortedRecord(record: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function toHealthcheckJson(health: ImageHealthcheck): HealthcheckJson {
  return defined({
    Test: [...health.test],
    Interval: health.interval || undefined,
    Timeout: health.timeout || undefined,
    StartPeriod: health.startPeriod || undefined,
    StartInterval: health.startInterval || undefined,
    Retries: health.retries || undefined,
  });
}

function fromHealthcheckJson({ Test, ...health }: HealthcheckJson): ImageHealthcheck | undefined {
  if (!Test?.length) return undefined;
  return defined({
    test: Test,
    interval: health.Interval || undefined,
    timeout: health.Timeout || undefined,
    startPeriod: health.StartPeriod || undefined,
    startInterval: health.StartInterval || undefined,
    retries: health.Retries || undefined,
  });
}

function keySet(keys: readonly string[] = []): Record<string, object> | undefined {
  return keys.length === 0 ? undefined : Object.fromEntries([...keys].sort().map(key => [key, {}]));
}
