/** What `docker compose watch` does on an edit: carry it over, start again what does not take it in, build anew what packages are made of. */
import { stageInputs } from '../plan/fold.js';
import { lineageOf } from '../plan/look-up.js';
import type { Plan, Process, SourceMount, Stage } from '../plan/types.js';
import { processesFor } from './compose-parts.js';
import { placeOf } from './places.js';
import type { RenderedSource } from './rendered.js';
import type { YamlData } from './yaml-file.js';

/** What is never carried over. */
const NEVER = ['.git', '.venv', 'node_modules', '__pycache__'];

/** The rules of a process in development. */
export function watchRules(plan: Plan, source: RenderedSource, process: Process): readonly YamlData[] {
  const { image = process.image, mounts = [], reloads = false } = process.profiles.dev ?? {};
  const built = builtOf(plan, source, { id: process.id, image });
  const files = mounts.some(({ path }) => path === '') ? [placeOf(source, 'Dockerfile'), ...built] : built;
  return [
    ...mounts.map(mount => carried(mount, files, reloads)),
    ...files.map(path => ({ action: 'rebuild', path: `./${path}` })),
  ];
}

function carried({ path, to, keep }: SourceMount, files: readonly string[], reloads: boolean): YamlData {
  const below = path === '' ? '' : `${path}/`;
  const ignore = [
    ...keep.map(kept => kept.slice(to.length + 1)),
    ...NEVER,
    ...files.flatMap(file => (file.startsWith(below) ? [file.slice(below.length)] : [])),
  ];
  return { action: reloads ? 'sync' : 'sync+restart', path: `./${path}`, target: to, ignore: [...new Set(ignore)] };
}

/**
 * The files of the source that an image's stages are given by their names: manifests, lists of requirements and lock files, which packages
 * are installed by. What another process's image is made of is that one's.
 */
function builtOf(plan: Plan, source: RenderedSource, { id, image }: Pick<Process, 'id' | 'image'>): readonly string[] {
  const others = processesFor(plan, 'dev').flatMap(process => {
    const own = process.profiles.dev?.image ?? process.image;
    return process.id === id || own === image ? [] : lineageOf(plan.stages, own).map(stage => stage.id);
  });
  const lineage = new Set(lineageOf(plan.stages, image).map(stage => stage.id));
  const foreign = new Set(others.filter(stage => !lineage.has(stage)));
  const names = inputsOf(plan.stages, image, foreign).flatMap(({ steps }) =>
    steps.flatMap(step =>
      step.kind === 'copy' && step.from.kind === 'source'
        ? namedFiles(step.from.path, step.from.include ?? [], source)
        : [],
    ),
  );
  return [...new Set(names)].sort();
}

/** The stages that an image is made of, itself among them. */
function inputsOf(stages: readonly Stage[], image: string, foreign: ReadonlySet<string>): readonly Stage[] {
  const wanted = new Set([image]);
  for (const stage of stages.toReversed())
    if (wanted.has(stage.id)) for (const input of stageInputs(stage)) if (!foreign.has(input)) wanted.add(input);
  return stages.filter(({ id }) => wanted.has(id));
}

/** Those that are there: by their path, or by their name wherever they lie. Patterns of other kinds select code. */
function namedFiles(path: string, include: readonly string[], { paths }: RenderedSource): readonly string[] {
  const below = path === '' ? '' : `${path}/`;
  return include.flatMap(pattern => {
    const name = pattern.replace(/^\*\*\//, '');
    if (/[*?[!]/.test(name)) return [];
    return paths.filter(
      file => file === `${below}${name}` || (name !== pattern && file.startsWith(below) && file.endsWith(`/${name}`)),
    );
  });
}
