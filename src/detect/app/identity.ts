/** What an app is called, and where in the source it lies. */
import { configPlace } from '../../source/config-place.js';
import { joinPath } from '../../source/paths.js';
import type { Sourced } from '../../source/sourced.js';
import { stringAt } from '../../source/toml-file.js';
import { tomlPlace } from '../../source/toml-place.js';
import { lockingManagers } from '../../support/python-managers.js';
import type { Project } from '../project.js';

/** The app's name as images are called: the configured one, the project's, else that of the package with its entry point. */
export function appName(
  { config, origins, pyproject, modules, root }: Project,
  entryModule: string | undefined,
): Sourced<string> {
  if (config.name !== undefined) return { value: config.name, place: configPlace(origins, 'name') };
  for (const path of [
    ['project', 'name'],
    ...lockingManagers().flatMap(({ projectName }) => (projectName ? [projectName] : [])),
  ]) {
    const name = pyproject && stringAt(pyproject.data, ...path);
    if (!pyproject || name === undefined) continue;
    return { value: imageName(name), place: tomlPlace(pyproject, ...path) };
  }
  if (entryModule === undefined) {
    const words = imageName(root.split('/').at(-1) ?? '');
    return { value: words, place: { file: pyproject?.path ?? 'requirements.txt' }, why: 'nothing names it' };
  }
  const path = modules.find(({ name }) => name === entryModule)?.path ?? 'requirements.txt';
  return { value: imageName(entryModule.split('.')[0]!), place: { file: path }, why: "the entry point's package" };
}

/** A name as image names are: lower case, single separators inside. */
function imageName(name: string): string {
  const words = name.toLowerCase().replace(/[^a-z0-9]+/g, '-');
  return words.replace(/^-|-$/g, '') || 'app';
}

/**
 * The app's directory in the source, and what says so; undefined when that is the source itself.
 * @param declaredIn the file in that directory that makes it a project
 */
export function appRoot(project: Project, declaredIn: string): Sourced<string> | undefined {
  const { config, origins, root, workspace } = project;
  if (root === '') return undefined;
  const { member } = workspace ?? {};
  if (member) return { ...member, value: root, place: { ...member.place, file: joinPath(root, member.place.file) } };
  return config.root === undefined
    ? { value: root, place: { file: joinPath(root, declaredIn) }, why: 'the one directory with a web app' }
    : { value: root, place: configPlace(origins, 'root') };
}
