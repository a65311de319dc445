/** Lines of requirements files that install code from the source, such as `-e .`: the source itself takes their place. */
import { diagnose } from '../../diagnostics/diagnose.js';
import type { Place } from '../../diagnostics/place.js';
import { type Finding, failed, found } from '../../source/finding.js';
import type { Sourced } from '../../source/sourced.js';
import type { Tree } from '../../source/tree.js';
import { readLocalProject } from './local-project.js';
import type { Requirements } from './requirements.js';

/** What such lines come down to. */
export interface LocalCode {
  /** What the code declares, each with the line that brings it. */
  readonly requirements: readonly { readonly requirement: string; readonly at: Place; readonly isComputed: boolean }[];
  /** Directories that its imports start from. */
  readonly roots: readonly Sourced<string>[];
  /** The lines themselves. */
  readonly dropped: readonly Place[];
  /** Directories of projects whose own files do not show all that they depend on, with the extras that are asked for. */
  readonly computed: readonly { readonly directory: string; readonly extras: readonly string[] }[];
}

/** Reads the code that requirements files name; fails when what it depends on cannot be read. */
export async function localCode(tree: Tree, all: readonly Requirements[]): Promise<Finding<LocalCode>> {
  // The development file often includes the main one, and its lines with it.
  const lines = [
    ...new Map(all.flatMap(({ local }) => local.map(line => [`${line.place.file}:${line.place.line}`, line]))).values(),
  ];
  const projects = await Promise.all(
    lines.map(async line => ({ line, project: await readLocalProject(tree, line.directory, line.extras) })),
  );
  const read = projects.flatMap(({ line, project }) => (project ? [{ at: line.place, project }] : []));
  const unreadable = projects.find(({ project }) => project === undefined)?.line;
  if (unreadable) {
    const { directory, place } = unreadable;
    return failed(diagnose('QS211', { kind: 'unreadable', directory, file: place.file }, place));
  }
  return found({
    requirements: read.flatMap(({ at, project }) =>
      project.declared.map(requirement => ({ requirement, at, isComputed: project.isComputed })),
    ),
    roots: read.flatMap(({ at, project }) => (project.root === '' ? [] : [{ value: project.root, place: at }])),
    // A project that nothing but itself names has no line that would have to go.
    dropped: lines.flatMap(({ place }) => (place.line === undefined ? [] : [place])),
    computed: projects.flatMap(({ line: { directory, extras }, project }) =>
      project?.isComputed ? [{ directory, extras }] : [],
    ),
  });
}
