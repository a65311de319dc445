/** The Debian packages that src/support/native names. */
import type { DebianPackage } from '../src/support/native/definition.js';
import { LIBRARIES } from '../src/support/native/libraries.js';
import { MODULE_NATIVE } from '../src/support/native/modules.js';
import { OF_CONTAINERS } from '../src/support/native/of-containers.js';
import { PROGRAMS } from '../src/support/native/programs.js';
import { EXTRA_NATIVE, PYTHON_NATIVE } from '../src/support/native/python-packages.js';
import { COMPILED, SOURCE_NATIVE } from '../src/support/native/source-builds.js';

/** Every package of the tables, each once. */
export function debianPackages(): readonly DebianPackage[] {
  const needs = [COMPILED, ...[PYTHON_NATIVE, EXTRA_NATIVE, SOURCE_NATIVE, MODULE_NATIVE].flatMap(Object.values)];
  return [
    ...new Set([
      ...needs.flatMap(({ build, runtime }) => [...build, ...runtime]),
      ...Object.values(PROGRAMS).flat(),
      ...Object.values(LIBRARIES).flat(),
      ...OF_CONTAINERS,
    ]),
  ];
}
