/** An image's configuration, apart from its layers, and its JSON as Docker and OCI write it. */

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

/** The `config` object as it stands in the JSON. */
export interface ConfigJson {
  Hostname?: string;
  User?: string;
  ExposedPorts?: Record<string, object> | null;
  Env?: string[] | null;
  Entrypoint?: string[] | null;
  Cmd?: string[] | null;
  Healthcheck?: {
    Test?: string[] | null;
    Interval?: number;
    Timeout?: number;
    StartPeriod?: number;
    StartInterval?: number;
    Retries?: number;
  } | null;
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
  return {
    ...(config.user && { User: config.user }),
    ...(config.exposedPorts?.length && { ExposedPorts: keySet(config.exposedPorts) }),
    Env: [...config.env],
    ...(config.entrypoint && { Entrypoint: [...config.entrypoint] }),
    ...(config.cmd && { Cmd: [...config.cmd] }),
    ...(config.healthcheck && { Healthcheck: toHealthcheckJson(config.healthcheck) }),
    ...(config.volumes?.length && { Volumes: keySet(config.volumes) }),
    ...(config.workdir && { WorkingDir: config.workdir }),
    ...(config.labels && Object.keys(config.labels).length > 0 && { Labels: sortedRecord(config.labels) }),
    ...(config.stopSignal && { StopSignal: config.stopSignal }),
    ...(config.shell && { Shell: [...config.shell] }),
  };
}

/** Reads the `config` object of any image; the inverse of `toConfigJson`. Null and absent are the same. */
export function fromConfigJson(json: ConfigJson): ImageConfig {
  const health = json.Healthcheck;
  return {
    env: json.Env ?? [],
    ...(json.Entrypoint && { entrypoint: json.Entrypoint }),
    ...(json.Cmd && { cmd: json.Cmd }),
    ...(json.User && { user: json.User }),
    ...(json.WorkingDir && { workdir: json.WorkingDir }),
    ...(json.Labels && { labels: json.Labels }),
    ...(json.ExposedPorts && { exposedPorts: Object.keys(json.ExposedPorts).sort() }),
    ...(json.Volumes && { volumes: Object.keys(json.Volumes).sort() }),
    ...(json.StopSignal && { stopSignal: json.StopSignal }),
    ...(json.Shell && { shell: json.Shell }),
    ...(health?.Test?.length && {
      healthcheck: {
        test: health.Test,
        ...(health.Interval && { interval: health.Interval }),
        ...(health.Timeout && { timeout: health.Timeout }),
        ...(health.StartPeriod && { startPeriod: health.StartPeriod }),
        ...(health.StartInterval && { startInterval: health.StartInterval }),
        ...(health.Retries && { retries: health.Retries }),
      },
    }),
  };
}

/** Sorts a record by key, so that the same content gives the same bytes. */
export function sortedRecord(record: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function toHealthcheckJson(health: ImageHealthcheck): NonNullable<ConfigJson['Healthcheck']> {
  return {
    Test: [...health.test],
    ...(health.interval && { Interval: health.interval }),
    ...(health.timeout && { Timeout: health.timeout }),
    ...(health.startPeriod && { StartPeriod: health.startPeriod }),
    ...(health.startInterval && { StartInterval: health.startInterval }),
    ...(health.retries && { Retries: health.retries }),
  };
}

function keySet(keys: readonly string[]): Record<string, object> {
  return Object.fromEntries([...keys].sort().map(key => [key, {}]));
}
