/** Variables that a driver reads itself: they lead an app whose code has a fixed address elsewhere. */
import type { Sourced } from '../../source/sourced.js';
import type { RunServiceDefinition } from '../../support/services/definition.js';
import type { PythonModule } from '../code/module.js';
import type { Installed } from './drivers.js';
import { schemeIn } from './url-scheme.js';

/** Statements that tell such a driver where its service is. */
const SETTING = /celery|broker|backend/i;

/**
 * Finds them, where the addresses of the service that the code writes out are all such a driver's: another's would stay fixed.
 * None where no address is written out.
 */
export function variablesOfDrivers(
  installed: readonly Installed[],
  { schemes }: RunServiceDefinition,
  modules: readonly PythonModule[],
): readonly Sourced<string>[] {
  const own = installed.flatMap(({ driver: { reads = [] }, dependency: { name } }) =>
    reads.map(value => ({ value, name })),
  );
  if (own.length === 0) return [];
  const fixed = modules
    .filter(({ isTest }) => !isTest)
    .flatMap(({ path, statements }) =>
      statements.flatMap(({ tokens }) =>
        tokens
          .filter(({ kind, text }) => kind === 'string' && schemes.test(schemeIn(text) ?? ''))
          .map(({ line }) => ({
            place: { file: path, line },
            isSetting: tokens.some(({ text }) => SETTING.test(text)),
          })),
      ),
    );
  const [first] = fixed;
  if (!first || fixed.some(({ isSetting }) => !isSetting)) return [];
  return own
    .map(({ value, name }) => ({ value, place: first.place, why: `fixed here; ${name} itself reads it first` }))
    .filter(({ value }, at, all) => all.findIndex(other => other.value === value) === at);
}
