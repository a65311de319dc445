/** What an app is called, and where in the source it lies. */
import { configPlace } from '../../source/config-place.js';
import { joinPath } from '../../source/paths.js';
import type { Sourced } from '../../source/sourced.js';
import { stringAt } from '../../source/toml-file.js';
import { tomlPlace } from '../../source/toml-place.js';
import { lockingManagers } from '../../support/python-managers.js';
import type { Project } from '../project.js';
import { isGeneralName } from './general-names.js';
import { surroundingNames } from './surrounding-names.js';

/**
 * The app's name as images are called, and volumes and containers on a machine that has others: the configured one, the project's, that of the
 * package with its entry point, or what lies around its code says it; where all of these are words that many apps have, the first of them.
 */
export async function appName(project: Project, entryModule: string | undefined): Promise<Sourced<string>> {
  const { config, origins, root, pyproject } = project;
  if (config.name !== undefined) return { value: config.name, place: configPlace(origins, 'name') };
  const own = [...projectNames(project), ...packageName(project, entryModule)];
  const specific = own.find(isSpecific);
  if (specific) return specific;
  const around = (await surroundingNames(project)).map(({ value, ...sourced }) => ({
    ...sourced,
    value: imageName(value),
  }));
  const [
    first = { value: imageName(root.split('/').at(-1) ?? ''), place: { file: pyproject?.path ?? 'requirements.txt' } },
  ] = own;
  return around.find(isSpecific) ?? { ...first, why: 'nothing else names it' };
}

/** Whether other apps are likely to have the name as well, and nobody has chosen it for this one. */
export function isCommonName({ config }: Project, { value }: Sourced<string>): boolean {
  return config.name === undefined && isGeneralName(value);
}

/** Long enough to say something, short enough for a label of a host name with a process's behind it. */
function isSpecific({ value }: Sourced<string>): boolean {
  return value.length > 1 && value.length <= 40 && !isGeneralName(value);
}

/** Those of pyproject.toml, in whichever part they stand. */
function projectNames({ pyproject }: Project): readonly Sourced<string>[] {
  const places = [
    ['project', 'name'],
    ...lockingManagers().flatMap(({ projectName }) => (projectName ? [projectName] : [])),
  ];
  return places.flatMap(path => {
    const name = pyproject && stringAt(pyproject.data, ...path);
    return pyproject && name !== undefined ? [{ value: imageName(name), place: tomlPlace(pyproject, ...path) }] : [];
  });
}

function packageName({ modules }: Project, entryModule: string | undefined): readonly Sourced<string>[] {
  if (entryModule === undefined) return [];
  const path = modules.find(({ name }) => name === entryModule)?.path ?? 'requirements.txt';
  return [{ value: imageName(entryModule.split('.')[0]!), place: { file: path }, why: "the entry point's package" }];
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
