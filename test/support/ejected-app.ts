/** An example as somebody has it who ejected it: a copy with the files that are rendered, the plan that they were made of, and the images that it needs. */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parsePlan } from '../../src/plan/json.js';
import type { Plan } from '../../src/plan/types.js';
import { quayside } from '../e2e/support/quayside.js';
import { ROOT } from '../engine/cli/quayside-process.js';

export interface EjectedApp {
  /** The example in this repository, as it is without an eject. */
  readonly source: string;
  /** The copy. */
  readonly path: string;
  readonly plan: Plan;
  /** A directory for whatever else a test writes. */
  readonly dir: string;
  /** Ids of processes with images of their own, one each. */
  readonly components: readonly Component[];
  /** What it is developed, debugged and tested in, each under its stage's name. */
  readonly workplaces: readonly Component[];
  remove(): void;
}

/** An image of an app: the process that it is for, and the target that makes it. */
export interface Component {
  readonly id: string;
  readonly target: string;
}

/** Copies an example and ejects it. */
export async function ejectedExample(name: string): Promise<EjectedApp> {
  const dir = mkdtempSync(join(tmpdir(), 'quayside-e2e-'));
  const [source, path] = [join(ROOT, 'examples', name), join(dir, 'app')];
  cpSync(source, path, { recursive: true });
  const planned = await quayside(['plan', `--source=${path}`]);
  const { code, stderr } = await quayside(['eject', `--source=${path}`, '--yes']);
  if (planned.code !== 0 || code !== 0) throw new Error(`${name} cannot be ejected: ${planned.stderr}${stderr}`);
  const plan = parsePlan(planned.stdout);
  const inProduction = plan.processes.filter(({ only }) => only === undefined || only.includes('prod'));
  const components = inProduction.filter(({ image }, at, all) => all.findIndex(other => other.image === image) === at);
  return {
    source,
    path,
    plan,
    dir,
    components: components.map(({ id, image }) => ({ id, target: image })),
    workplaces: workplacesOf(plan),
    remove: () => rmSync(dir, { recursive: true, force: true }),
  };
}

/** Of the stages that people work in those that are not published; without those of browser tests, whose base alone is larger than all else. */
function workplacesOf({ processes, suites }: Plan): readonly Component[] {
  const published = new Set(processes.flatMap(({ only, image }) => (only?.includes('dev') ? [] : [image])));
  const developed = processes.flatMap(({ image, profiles: { dev } }) => [image, dev?.image, dev?.debug?.image]);
  const tested = suites.flatMap(({ kind, stage }) => (kind === 'e2e' || kind === 'smoke' ? [] : [stage]));
  const stages = [...new Set([...developed, ...tested])].flatMap(stage => stage ?? []);
  return stages.filter(stage => !published.has(stage)).map(stage => ({ id: stage, target: stage }));
}

/** The images that stages of an app are made of, and those of its services; without those of browser tests unless they are wanted. */
export function imagesOf({ images }: Plan, { browsers = false } = {}): readonly string[] {
  return Object.keys(images).filter(name => browsers || !name.includes('playwright'));
}
