/** A pyproject.toml whose project has an empty name: uv ends with "Not a valid package or extra name" whatever it is to do. */
import type { Sourced } from '../../source/sourced.js';
import { isTable, type TomlFile } from '../../source/toml-file.js';
import { tomlPlace } from '../../source/toml-place.js';
import type { PythonPackageManager } from '../../support/managers/python/index.js';

/** Says so, where the manager of the packages has to read that file. */
export function namelessProject(
  pyproject: TomlFile | undefined,
  manager: PythonPackageManager,
): Sourced<string> | undefined {
  const project = pyproject?.data.project;
  if (!pyproject || !isTable(project) || project.name !== '' || manager !== 'uv') return undefined;
  const why = `${manager} reads no project without a name, so its packages cannot be installed: give it one`;
  return { value: 'the name of the project is empty', place: tomlPlace(pyproject, 'project', 'name'), why };
}
