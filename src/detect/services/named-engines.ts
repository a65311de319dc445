/** The databases that Django's settings name by their engines, and those of them that no package among the dependencies connects to. */
import type { Place } from '../../diagnostics/place.js';
import type { Sourced } from '../../source/sourced.js';
import type { Dependency } from '../../support/dependency.js';
import { RUN_SERVICES, type ServiceKind } from '../../support/run-services.js';
import type { RunServiceDefinition } from '../../support/services/definition.js';
import { SERVICES } from '../../support/services/index.js';
import { isConditional } from '../code/conditions.js';
import type { PythonModule } from '../code/module.js';
import type { PythonToken } from '../code/tokens.js';

import { installedDrivers } from './drivers.js';

/** An engine of Django's own, or one that is made of it: `django.contrib.gis.db.backends.postgis`, `django_prometheus.db.backends.mysql`. */
const ENGINE = /^[\w.]+\.db\.backends\.(\w+)$/;

/** What Django calls the engines of databases that are not called so here, and how they were called before. */
const OTHER_NAMES: Readonly<Record<string, string>> = { postgis: 'postgresql', postgresql_psycopg2: 'postgresql' };

/** An engine in settings, and whether they name it only where a condition holds. */
export interface NamedEngine {
  readonly engine: string;
  readonly place: Place;
  readonly isConditional: boolean;
}

/**
 * Finds the engines that settings give their databases, as `"ENGINE": "…"`: what one module names is not among them where another takes all
 * names from it and names its own.
 */
export function namedEngines(served: readonly PythonModule[]): readonly NamedEngine[] {
  const naming = served.flatMap(module => {
    const engines = module.isTest ? [] : enginesIn(module);
    return engines.length > 0 ? [{ module, engines }] : [];
  });
  const replaced = new Set(naming.flatMap(({ module }) => module.stars));
  return naming.filter(({ module }) => !replaced.has(module.name)).flatMap(({ engines }) => engines);
}

function enginesIn(module: PythonModule): readonly NamedEngine[] {
  return module.statements.flatMap(({ tokens }, at) =>
    tokens.flatMap(({ kind, text, line }, index) => {
      const [, engine] = (kind === 'string' && isGiven(tokens, index) && ENGINE.exec(text)) || [];
      if (engine === undefined) return [];
      const named = { engine: OTHER_NAMES[engine] ?? engine, place: { file: module.path, line } };
      return [{ ...named, isConditional: isConditional(module, at) }];
    }),
  );
}

/** Whether a text is the whole value of an engine: `"ENGINE": TEXT,`, `ENGINE=TEXT)`. */
function isGiven(tokens: readonly PythonToken[], at: number): boolean {
  const [name, sign, next] = [tokens[at - 2]?.text, tokens[at - 1]?.text ?? '', tokens[at + 1]?.text ?? ','];
  return name === 'ENGINE' && /^[:=]$/.test(sign) && /^[,})]$/.test(next);
}

/** Whether settings have a database of one kind and no other, whatever else is the case. */
export function isOnlyEngine(kind: ServiceKind, engines: readonly NamedEngine[]): boolean {
  const { djangoEngine }: RunServiceDefinition = SERVICES[kind];
  const own = djangoEngine === undefined ? undefined : ENGINE.exec(djangoEngine)?.[1];
  return engines.length > 0 && engines.every(({ engine, ...named }) => engine === own && !named.isConditional);
}

/** What drivers are looked for in: the dependencies, and what a lock has besides. */
export interface DriverSources {
  readonly dependencies: readonly Dependency[];
  readonly versions: ReadonlyMap<string, Sourced<string>>;
}

/**
 * Finds the engines of settings that end the app when it starts, since nothing that is installed connects to their databases. Another
 * package may bring a driver where no lock says what all is installed.
 */
export function enginesWithoutDriver(
  served: readonly PythonModule[],
  { dependencies, versions }: DriverSources,
): readonly Sourced<string>[] {
  const locked = [...versions].map(([name, { place }]): Dependency => ({ name, place, group: 'main' }));
  const kinds = installedDrivers([...dependencies, ...locked])
    .filter(({ driver }) => driver.engine !== 'async')
    .map(({ kind }) => kind);
  const engines = namedEngines(served);
  const servicesOf = (engine: string) =>
    RUN_SERVICES.filter(([, { djangoEngine }]) => djangoEngine?.endsWith(`.${engine}`));
  const isMissing = (engine: string) =>
    servicesOf(engine).length > 0 && servicesOf(engine).every(([kind]) => !kinds.includes(kind));
  // Of several that settings choose from, the app may well have one that works.
  const hasOther = engines.some(({ engine }) => !isMissing(engine));
  const told = new Set<string>();
  return engines.flatMap(({ engine, place, isConditional: sometimes }) => {
    const last = servicesOf(engine).at(-1);
    if (last === undefined || told.has(engine) || !isMissing(engine) || (sometimes && hasOther)) return [];
    told.add(engine);
    const [, { title, djangoDriver }] = last;
    const when = sometimes ? ', where a condition holds' : '';
    const why = `settings name that database${when}, and the app ends without one: ${djangoDriver} is not among the dependencies`;
    return [{ value: `no driver of ${title}`, place, why }];
  });
}
