/** The part of a container that ends up in an image's config. */

export interface ExposedPort {
  readonly port: number;
  readonly protocol: 'TCP' | 'UDP';
  readonly description: string | null;
  readonly skipHealthcheck: boolean;
  /** Exposed by the image alone: a service neither waits for it nor lists it. */
  readonly fromImage?: boolean;
}

/** Docker's HEALTHCHECK; durations as the user wrote them (`5s`, `500ms`), empty when not set. */
export interface Healthcheck {
  readonly args: readonly string[];
  readonly shell: boolean;
  readonly interval: string;
  readonly timeout: string;
  readonly startPeriod: string;
  readonly startInterval: string;
  readonly retries: number;
}

export type Pairs = readonly (readonly [name: string, value: string])[];

export interface ImageConfig {
  readonly env: Pairs;
  readonly labels: Pairs;
  readonly annotations: Pairs;
  readonly entrypoint: readonly string[];
  readonly defaultArgs: readonly string[];
  readonly user: string;
  readonly workdir: string;
  readonly ports: readonly ExposedPort[];
  readonly healthcheck?: Healthcheck;
  /** What only images say and the API has no words for: kept for those that are made of them. */
  readonly stopSignal?: string;
  readonly volumes?: readonly string[];
  readonly shell?: readonly string[];
}

export const emptyConfig: ImageConfig = {
  env: [],
  labels: [],
  annotations: [],
  entrypoint: [],
  defaultArgs: [],
  user: '',
  workdir: '',
  ports: [],
};

/** Returns pairs with one set; an existing name keeps its place. */
export function withPair(pairs: Pairs, name: string, value: string): Pairs {
  const pair = [name, value] as const;
  return pairs.some(([n]) => n === name) ? pairs.map(p => (p[0] === name ? pair : p)) : [...pairs, pair];
}

/** Returns pairs without the named one. */
export function withoutPair(pairs: Pairs, name: string): Pairs {
  return pairs.filter(([n]) => n !== name);
}

/** Returns the value of a pair. */
export function pairValue(pairs: Pairs, name: string): string | undefined {
  return pairs.find(([n]) => n === name)?.[1];
}

const durationUnits: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

/**
 * Parses a duration as Go writes it, such as `1m30s` or `-1.5h`, to milliseconds.
 * @throws Error when the text is not a duration
 */
export function parseDuration(text: string): number {
  const [, sign = '', rest = ''] = /^([+-]?)(.*)$/s.exec(text) ?? [];
  if (rest === '0') return 0;
  const parts = [...rest.matchAll(/(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/g)];
  if (parts.length === 0 || parts.map(p => p[0]).join('') !== rest)
    throw new Error(`invalid duration "${text}": expected a form such as 500ms, 5s or 1m30s`);
  const sum = parts.reduce((total, part) => total + Number(part[1]) * (durationUnits[part[2]!] ?? 0), 0);
  return sign === '-' ? -sum : sum;
}

/** Formats milliseconds as Go does: `1m30s`, `500ms`, `0s`. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < 0) return `-${formatDuration(-milliseconds)}`;
  const nanoseconds = Math.round(milliseconds * 1e6);
  if (nanoseconds === 0) return '0s';
  if (nanoseconds < 1000) return `${nanoseconds}ns`;
  if (nanoseconds < 1e6) return `${nanoseconds / 1000}µs`;
  if (nanoseconds < 1e9) return `${nanoseconds / 1e6}ms`;
  const hours = Math.floor(milliseconds / 3_600_000);
  const minutes = Math.floor((milliseconds % 3_600_000) / 60_000);
  const seconds = Number(((milliseconds % 60_000) / 1000).toFixed(9));
  return `${hours > 0 ? `${hours}h` : ''}${hours > 0 || minutes > 0 ? `${minutes}m` : ''}${seconds}s`;
}
