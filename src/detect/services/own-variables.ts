/** Variables that a driver reads itself: they lead an app whose code has a fixed address elsewhere. */
import type { Sourced } from '../../source/sourced.js';
import type { RunServiceDefinition } from '../../support/services/definition.js';
import { callsIn, type PythonModule, qualify } from '../code/module.js';
import type { Installed } from './drivers.js';
import { schemeIn } from './url-scheme.js';

/** Statements that tell such a driver where its service is. */
const SETTING = /celery|broker|backend/i;

/**
 * Finds them, where the addresses of the service that the code writes out are all such a driver's: another's would stay fixed.
 * None where no address is written out, unless the code makes an object of Celery: what has no address then asks for those variables alone.
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
  if (!first) return withNothingWritten(own, modules);
  if (fixed.some(({ isSetting }) => !isSetting)) return [];
  return own
    .map(({ value, name }) => ({ value, place: first.place, why: `fixed here; ${name} itself reads it first` }))
    .filter(({ value }, at, all) => all.findIndex(other => other.value === value) === at);
}

/** Where an app makes an object of Celery's and writes no address out at all. */
function withNothingWritten(
  own: readonly { readonly value: string; readonly name: string }[],
  modules: readonly PythonModule[],
): readonly Sourced<string>[] {
  for (const module of modules) {
    if (module.isTest) continue;
    for (const { tokens } of module.statements) {
      const call = callsIn(tokens).find(({ callee }) => qualify(module, callee) === 'celery.Celery');
      const place = call && { file: module.path, line: call.line };
      const read = new Set(own.flatMap(({ value, name }) => (name === 'celery' ? [value] : [])));
      if (place) return [...read].map(value => ({ value, place, why: 'celery itself reads it' }));
    }
  }
  return [];
}
