/** Variables without which the app fails and that nothing of its source gives: people have to, and trials get something of the kind. */
import type { Sourced } from '../../source/sourced.js';
import type { Framework } from '../../support/frameworks/index.js';
import { isSecretName } from '../../support/secret-names.js';
import { SERVICES } from '../../support/services/index.js';
import { kindByName, trialValue, type ValueKind } from '../../support/value-kinds.js';
import { frameworkOf } from '../../support/web-frameworks.js';
import type { EnvRead, ReadNeed } from '../code/env-read.js';
import { lookedForVariables, writtenVariables } from '../code/env-writes.js';
import type { PythonModule } from '../code/module.js';
import type { GivenValue, NeededVariable, ServiceFacts } from '../facts.js';

/** What the image's own settings, or every process, has. */
const THERE = /^(PORT|PATH|HOME|PWD|HOSTNAME|PYTHON\w*|VIRTUAL_ENV|WEB_CONCURRENCY|REPORTS_DIR|BASE_URL)$/;

/** What needed variables are found by. */
export interface NeededSources {
  /** The code that the app runs, and its tests. */
  readonly modules: readonly PythonModule[];
  /** Paths of those that its processes import. */
  readonly reached: ReadonlySet<string>;
  readonly reads: readonly EnvRead[];
  readonly framework: Framework | undefined;
  readonly services: readonly ServiceFacts[];
  readonly environment: readonly GivenValue[];
  /** Names that the image has from elsewhere: of the configuration, of what Quayside sets. */
  readonly others: readonly string[];
}

/** Finds the variables, in the order in which they are read, each once. */
export function neededVariables(sources: NeededSources): readonly NeededVariable[] {
  const { modules, reached, reads } = sources;
  const isGiven = given(sources);
  const own = modules.filter(({ isTest }) => !isTest);
  const set = writtenVariables(own);
  const lookedFor = lookedForVariables(own);
  const inTests = writtenVariables(modules.filter(({ isTest }) => isTest));
  const needed = new Map<string, NeededVariable>();
  for (const { name, path, line, need } of reads) {
    if (!need || needed.has(name) || !reached.has(path) || isGiven(name) || set.has(name)) continue;
    // What is asked for softly elsewhere may be done without.
    if (!need.always && (lookedFor.has(name) || reads.some(other => other.name === name && !other.need))) continue;
    const first = reads.find(other => other.name === name && other.need?.always) ?? { path, line, need };
    const asked = withChoice(first.need ?? need, sources.services);
    const variable = asNeeded(name, asked, { file: first.path, line: first.line });
    needed.set(name, inTests.has(name) ? { ...variable, setByTests: true } : variable);
  }
  return [...needed.values()];
}

/** Of several values that are allowed, the one that names a service which the app has: its database, its broker. */
function withChoice(need: ReadNeed, services: readonly ServiceFacts[]): ReadNeed {
  const value = need.choices?.find(choice =>
    services.some(({ kind }) => choice === kind || SERVICES[kind].schemes.test(choice)),
  );
  return value === undefined ? need : { ...need, value };
}

function asNeeded(name: string, need: ReadNeed, place: Sourced<string>['place']): NeededVariable {
  const kind = kindOf(name, need);
  const always = need.always ? {} : { sometimes: true as const };
  if (kind === 'secret' && need.value === undefined) return { name, kind, place, ...always };
  return { name, kind, place, trial: need.value ?? trialValue(name, kind === 'secret' ? 'text' : kind), ...always };
}

/** What the code makes of it, else what its name says. */
function kindOf(name: string, { kind, value }: ReadNeed): ValueKind {
  if (kind !== undefined && kind !== 'text') return kind;
  const byName = kindByName(name);
  // Of a host alone the code says what it takes.
  if (byName === 'URL') return value === undefined ? byName : (kind ?? byName);
  return isSecretName(name.toUpperCase()) ? 'secret' : (byName ?? 'text');
}

/** Whether a variable has its value from the image, from a service, or from whoever starts a process. */
function given({ services, environment, framework, others }: NeededSources): (name: string) => boolean {
  const addresses = services.flatMap(({ addresses = [], parts = [] }) => [
    ...addresses.map(({ variable }) => variable.value),
    ...parts.map(({ variable }) => variable.value),
  ]);
  const inImage = environment.flatMap(({ name, inImage: isIn }) => (isIn ? [name] : []));
  const names = new Set([...addresses, ...inImage, ...others, frameworkOf(framework).settingsVariable]);
  return name => names.has(name) || THERE.test(name);
}
