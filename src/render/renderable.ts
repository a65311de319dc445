/** What a plan may say that the rendered files have no form for: Dockerfiles and compose files give some characters a meaning of their own. */
import type { CopySource, Plan, Process } from '../plan/types.js';

/** Something that cannot be written: a path, or the value of a variable. */
export interface Unrenderable {
  readonly kind: 'path' | 'value';
  /** The path, or the variable's name. */
  readonly what: string;
}

/** What is filled in, ends a word or a line, or stands for many names. */
const IN_PATHS = /[\n\r$\\:"`*?[\]]/;
/** Patterns select by names: what a shell is told of them stands in quotes. */
const IN_PATTERNS = /[\n\r\\`]/;
/** A variable of an image has one line. */
const IN_VALUES = /[\n\r\0]/;

/** Lists it, each once. */
export function unrenderable(plan: Plan): readonly Unrenderable[] {
  const steps = plan.stages.flatMap(stage => stage.steps);
  const copies = steps.flatMap(step => (step.kind === 'copy' ? [step] : []));
  const workdirs = steps.flatMap(step => (step.kind === 'workdir' ? [step.path] : []));
  const paths = [
    ...copies.flatMap(({ from, to }) => [from.path, to]),
    ...workdirs,
    ...plan.processes.flatMap(pathsOf),
    ...plan.suites.map(({ workdir }) => workdir),
  ].filter(path => IN_PATHS.test(path));
  const patterns = copies.flatMap(({ from }) => patternsOf(from)).filter(pattern => IN_PATTERNS.test(pattern));
  const values = steps
    .flatMap(step => (step.kind === 'env' || step.kind === 'labels' ? Object.entries(step.values) : []))
    .flatMap(([name, value]) => (IN_VALUES.test(value) ? [name] : []));
  return [
    ...[...new Set([...paths, ...patterns])].map(what => ({ kind: 'path', what }) as const),
    ...[...new Set(values)].map(what => ({ kind: 'value', what }) as const),
  ];
}

function pathsOf({ volumes, profiles }: Process): readonly string[] {
  const own = Object.values(profiles).flatMap(({ mounts = [], volumes: others = [] }) => [
    ...mounts.flatMap(({ path, to, keep }) => [path, to, ...keep]),
    ...others,
  ]);
  return [...volumes, ...own];
}

const patternsOf = ({ include = [], exclude = [] }: CopySource): readonly string[] => [...include, ...exclude];
