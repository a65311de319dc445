/** The versions of Python that CI tests an app with: what says which it runs on where nothing else does. */
import type { Sourced } from '../../source/sourced.js';
import { workflowPythons } from '../files/workflow-pythons.js';
import { WORKFLOWS } from '../files/workflow-steps.js';
import { aroundApp, type Project } from '../project.js';

/** Finds the minor versions, each once, as the app's files and those around it have them. */
export async function testedPythons(project: Project): Promise<readonly Sourced<string>[]> {
  const { source } = project;
  const files = source.paths.filter(path => WORKFLOWS.test(path));
  const found = await Promise.all(
    files.map(async file => workflowPythons((await source.read(file)) ?? '', aroundApp(project, file))),
  );
  const seen = new Set<string>();
  return found.flat().filter(({ value }) => !seen.has(value) && seen.add(value));
}
