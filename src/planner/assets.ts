/** The files that go into images beside the app's, where they lie there, and the steps that bring them: most are from docker/. */
import { readPackaged } from '../packaged.js';
import type { PlanFile, Stage, Step } from '../plan/types.js';
import { LIBRARIES } from '../support/native/libraries.js';
import { CROSS_PYTHON, ENTRYPOINT, GATEWAY_SETTINGS, LIBRARY } from './paths.js';

/** A file that Python looks for by this name, and finds only where it is told to look. */
const CROSS = 'sitecustomize.py';

/** Files that lie elsewhere than beside the others, and are run as programs. */
const PROGRAMS: Readonly<Record<string, string>> = {
  'entrypoint.sh': ENTRYPOINT,
  'nginx-settings.sh': GATEWAY_SETTINGS,
};

/** Where a file of docker/ lies in an image. */
export function assetPath(file: string): string {
  return PROGRAMS[file] ?? `${file === CROSS ? CROSS_PYTHON : LIBRARY}/${file}`;
}

/** Files that are not kept in docker/: they hold what Quayside knows. */
const MADE: Readonly<Record<string, () => string>> = {
  'libraries.json': () => `${JSON.stringify(LIBRARIES, null, 1)}\n`,
};

/** The step that lays such a file where it belongs. */
export function bring(file: string): Step {
  return { kind: 'file', file };
}

/**
 * The files that stages bring, whole, by name.
 * @param made those that are made for one app, or the contents of such that lie with Quayside's own
 */
export function filesOfStages(
  stages: readonly Stage[],
  made: Readonly<Record<string, string | PlanFile>>,
): Readonly<Record<string, PlanFile>> {
  const used = stages.flatMap(({ steps }) => steps.flatMap(step => (step.kind === 'file' ? [step.file] : [])));
  return Object.fromEntries([...new Set(used)].sort().map(name => [name, planFile(name, made[name])]));
}

function planFile(name: string, made: string | PlanFile | undefined): PlanFile {
  if (typeof made === 'object') return made;
  return {
    path: assetPath(name),
    mode: name in PROGRAMS ? 0o755 : 0o644,
    content: made ?? MADE[name]?.() ?? readPackaged(`docker/${name}`),
  };
}
