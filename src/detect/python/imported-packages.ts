/** What the code of an app may import of installed packages, by the first parts of its names. */
import { STANDARD_LIBRARY } from '../../support/standard-library.js';
import { importsAnywhere, type PythonModule } from '../code/module.js';

/** Settings name what is imported later: `INSTALLED_APPS = ["crispy_forms"]`. */
const SETTINGS = /(^|[/_])(settings|config)([/_.]|$)/;

/** Finds the names, sorted: what modules of the app import anywhere, and what settings name; tests' own do not count. */
export function importedPackages(modules: readonly PythonModule[]): readonly string[] {
  const served = modules.filter(({ isTest }) => !isTest);
  const own = new Set(modules.map(({ name }) => firstPart(name)));
  const names = new Set(
    served.flatMap(module => [...importsAnywhere(module), ...namedInSettings(module)].map(firstPart)),
  );
  return [...names].filter(name => name !== '' && !own.has(name) && !STANDARD_LIBRARY.has(name)).sort();
}

function namedInSettings({ path, statements }: PythonModule): readonly string[] {
  if (!SETTINGS.test(path)) return [];
  return statements.flatMap(({ tokens }) =>
    tokens.flatMap(({ kind, text }) =>
      kind === 'string' && /^[a-z]\w*(\.\w+)+$|^[a-z]+_\w+$/.test(text) ? [text] : [],
    ),
  );
}

function firstPart(name: string): string {
  return name.split('.', 1)[0] ?? '';
}
