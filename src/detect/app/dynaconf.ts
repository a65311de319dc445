/** Settings that Dynaconf makes of files and of variables, by names that the code does not say. */
import { type Dependency, dependencyOn } from '../../support/dependency.js';
import { naming } from '../code/mentions.js';
import { argumentsOf, callsIn, literalString, type PythonModule } from '../code/module.js';
import { resolvedName } from '../code/names.js';
import type { LeftStep } from '../facts.js';
import type { Project } from '../project.js';

/** What makes settings: https://www.dynaconf.com/configuration/; what variables begin with where nothing says it. */
const MAKERS: readonly (readonly [RegExp, string])[] = [
  [/^dynaconf(\.\w+)*\.FlaskDynaconf$/, 'FLASK'],
  [/^dynaconf(\.\w+)*\.DjangoDynaconf$/, 'DJANGO'],
  [/^dynaconf(\.\w+)*\.(Dynaconf|LazySettings)$/, 'DYNACONF'],
];

const NAMES = ['Dynaconf', 'LazySettings', 'FlaskDynaconf', 'DjangoDynaconf'];

/** Finds the places where settings are made so, each told of with its files and the beginning of its variables. */
export function leftDynaconf({ modules }: Project, dependencies: readonly Dependency[]): readonly LeftStep[] {
  if (!dependencyOn(dependencies, 'dynaconf')) return [];
  const making = naming(NAMES, modules).filter(({ isTest }) => !isTest);
  return making.flatMap(module => madeIn(module, modules));
}

function madeIn(module: PythonModule, modules: readonly PythonModule[]): readonly LeftStep[] {
  return module.statements.flatMap(({ tokens }) =>
    callsIn(tokens).flatMap(({ callee, open, line }) => {
      const name = resolvedName(module, callee, modules);
      const usual = MAKERS.find(([pattern]) => pattern.test(name))?.[1];
      if (usual === undefined) return [];
      const parts = argumentsOf(tokens, open);
      const given = (pattern: RegExp) => parts.find(({ keyword = '' }) => pattern.test(keyword))?.tokens ?? [];
      const files = given(/^(settings_files?|SETTINGS_FILES?(_FOR_DYNACONF)?)$/).filter(
        ({ kind }) => kind === 'string',
      );
      const prefix = literalString(given(/^(envvar_prefix|ENVVAR_PREFIX(_FOR_DYNACONF)?)$/)) ?? usual;
      const value = files.map(({ text }) => text).join(' ') || 'Dynaconf';
      const why = `Dynaconf takes settings from files and from ${prefix}_… variables: which of them the app needs is not seen`;
      return [{ kind: 'file', value, place: { file: module.path, line }, why }];
    }),
  );
}
