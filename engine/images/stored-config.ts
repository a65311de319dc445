/** Between a container's configuration and an image's, as it is stored and published. */
import { defined } from '../defined.js';
import {
  type ExposedPort,
  emptyConfig,
  type Healthcheck,
  type ImageConfig,
  parseDuration,
} from '../objects/image-config.js';
import type { ImageHealthcheck, ImageConfig as StoredConfig } from '../oci/image-config.js';

const nanosecondsPerMillisecond = 1e6;

/** The configuration that a container made from the image begins with. */
export function fromStored(stored: StoredConfig): ImageConfig {
  return {
    ...emptyConfig,
    env: stored.env.map(entry => entry.split(/=(.*)/s).slice(0, 2) as [string, string]),
    labels: Object.entries(stored.labels ?? {}),
    entrypoint: stored.entrypoint ?? [],
    defaultArgs: stored.cmd ?? [],
    user: stored.user ?? '',
    workdir: stored.workdir ?? '',
    ports: (stored.exposedPorts ?? []).map(fromStoredPort),
    ...defined({
      healthcheck: stored.healthcheck && fromStoredHealthcheck(stored.healthcheck),
      stopSignal: stored.stopSignal,
      volumes: stored.volumes,
      shell: stored.shell,
    }),
  };
}

function fromStoredPort(text: string): ExposedPort {
  const [port, protocol = 'tcp'] = text.split('/');
  return {
    port: Number(port),
    protocol: protocol === 'udp' ? 'UDP' : 'TCP',
    description: null,
    skipHealthcheck: false,
    fromImage: true,
  };
}

function fromStoredHealthcheck({ test, retries = 0, ...times }: ImageHealthcheck): Healthcheck | undefined {
  const [kind, ...args] = test;
  if (kind === 'NONE') return undefined;
  const duration = (value: number | undefined): string => (value === undefined ? '' : `${value}ns`);
  return {
    args,
    shell: kind === 'CMD-SHELL',
    interval: duration(times.interval),
    timeout: duration(times.timeout),
    startPeriod: duration(times.startPeriod),
    startInterval: duration(times.startInterval),
    retries,
  };
}

/** The configuration of the image that a container becomes. */
export function toStored(config: ImageConfig): StoredConfig {
  return {
    env: config.env.map(([name, value]) => `${name}=${value}`),
    entrypoint: config.entrypoint,
    cmd: config.defaultArgs,
    user: config.user,
    workdir: config.workdir,
    labels: Object.fromEntries(config.labels),
    exposedPorts: config.ports.map(p => `${p.port}/${p.protocol.toLowerCase()}`),
    ...defined({
      healthcheck: config.healthcheck && toStoredHealthcheck(config.healthcheck),
      stopSignal: config.stopSignal,
      volumes: config.volumes,
      shell: config.shell,
    }),
  };
}

function toStoredHealthcheck({ args, shell, retries, ...times }: Healthcheck): ImageHealthcheck {
  const duration = (text: string): number | undefined =>
    text === '' ? undefined : Math.round(parseDuration(text) * nanosecondsPerMillisecond);
  return {
    test: [shell ? 'CMD-SHELL' : 'CMD', ...args],
    ...defined({
      interval: duration(times.interval),
      timeout: duration(times.timeout),
      startPeriod: duration(times.startPeriod),
      startInterval: duration(times.startInterval),
      retries: retries === 0 ? undefined : retries,
    }),
  };
}
