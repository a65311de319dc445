/** The app within its source: what is known before anything is detected, and how its files are named in questions. */
import type { Diagnostic } from '../diagnostics/diagnostic.js';
import { type Finding, failed } from '../source/finding.js';
import { resolvePath } from '../source/paths.js';
import type { Project } from './project.js';
import type { PackageFacts } from './python/package-facts.js';

/** What everything else is found with. */
export interface App {
  readonly project: Project;
  readonly packages: PackageFacts;
}

/** The file that declares the app's dependencies. */
export function declaredIn({ project, packages }: App): string {
  return project.pyproject?.path ?? packages.requirements?.main.value ?? 'pyproject.toml';
}

/** A finding about files of the app's directory, which are named by their paths in the source when there is a question. */
export function inApp<T>({ root }: Project, finding: Finding<T>): Finding<T> {
  return finding.value === undefined ? failed(...placedIn(root, finding.diagnostics)) : finding;
}

/** Diagnostics whose files are named by their paths in the source instead of in the directory `root` of it. */
export function placedIn(root: string, diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  return diagnostics.map(diagnostic =>
    diagnostic.place === undefined || diagnostic.place.key !== undefined
      ? diagnostic
      : { ...diagnostic, place: { ...diagnostic.place, file: resolvePath(root, diagnostic.place.file) } },
  );
}
