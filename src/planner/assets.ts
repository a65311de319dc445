/** The files of docker/ that go into images, where they lie there, and the steps that bring them. */
import { readPackaged } from '../packaged.js';
import type { PlanFile, Stage, Step } from '../plan/types.js';
import {
  CHECK_PACKAGES,
  ENTRYPOINT,
  GATEWAY_SETTINGS,
  GUNICORN_CONF,
  HEALTHCHECK,
  LIMITS,
  LOCK_READER,
  SERVE,
} from './paths.js';

/** By name in docker/: path and permissions in the image. */
const ASSETS = {
  'check-packages.py': { path: CHECK_PACKAGES, mode: 0o644 },
  'entrypoint.sh': { path: ENTRYPOINT, mode: 0o755 },
  'gunicorn.conf.py': { path: GUNICORN_CONF, mode: 0o644 },
  'healthcheck.py': { path: HEALTHCHECK, mode: 0o644 },
  'lock-requirements.py': { path: LOCK_READER, mode: 0o644 },
  'nginx-settings.sh': { path: GATEWAY_SETTINGS, mode: 0o755 },
  'quayside_limits.py': { path: LIMITS, mode: 0o644 },
  'serve.py': { path: SERVE, mode: 0o644 },
} as const;

/** Name of a file that goes into images. */
export type Asset = keyof typeof ASSETS;

/** The step that lays such a file where it belongs. */
export function bring(file: Asset): Step {
  return { kind: 'file', file };
}

/** The files that stages bring, whole, by name. */
export function filesOfStages(stages: readonly Stage[]): Readonly<Record<string, PlanFile>> {
  const used = stages.flatMap(({ steps }) => steps.flatMap(step => (step.kind === 'file' ? [step.file as Asset] : [])));
  return Object.fromEntries(
    [...new Set(used)].sort().map(name => [name, { ...ASSETS[name], content: readPackaged(`docker/${name}`) }]),
  );
}
