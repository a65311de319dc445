/** Plain values of the app's own variables that its deployment gives: a run before tests and people has them too. */
import type { Sourced } from '../../source/sourced.js';
import type { Framework } from '../../support/frameworks/index.js';
import { isSecretName } from '../../support/secret-names.js';
import type { ServiceDefinition } from '../../support/services/definition.js';
import { SERVICES } from '../../support/services/index.js';
import { frameworkOf } from '../../support/web-frameworks.js';
import type { EnvRead } from '../code/env-read.js';
import type { GivenValue, ServiceFacts } from '../facts.js';
import { asGiven, type Deployment, type GivenVariable, isHint } from '../files/deployment.js';

/** What switches an app to how its developers look at it: an image is tested as it is published. */
const FOR_DEVELOPERS = /(^|_)(DEBUG|RELOAD|TESTING)$|^FLASK_ENV$/;

/** What says of which kind the place is that an app runs in, and values of it that only developers have. */
const KIND_OF_PLACE = /(^|_)(ENV|ENVIRONMENT|ENV_NAME|ENV_STATE|ENV_TYPE|STAGE|MODE)$/;
const OF_DEVELOPERS = /^(dev(el(op(ment)?)?)?|local|debug)$/i;

/** What the image's own settings decide. */
const OWN = /^(PORT|HOST|PATH|HOME|WEB_CONCURRENCY|(PYTHON|PIP|UV|POETRY|GUNICORN|UVICORN)\w*)$/;

/** What values are found by. */
export interface EnvironmentSources {
  readonly deployment: Deployment;
  readonly reads: readonly EnvRead[];
  readonly services: readonly ServiceFacts[];
  readonly framework: Framework | undefined;
  /** Names that have their values from elsewhere: of the configuration, of what Quayside sets. */
  readonly others: readonly string[];
}

/**
 * Finds the values of variables that the code reads and that are no secrets, no service's address and no names of machines. An
 * example, what CI tests with and what a platform is told count only for what has no default: they show what may be set, not what is.
 */
export function givenEnvironment(sources: EnvironmentSources): readonly GivenValue[] {
  const { deployment, reads, services, framework, others } = sources;
  const taken = new Set([...others, ...services.flatMap(variablesOf), frameworkOf(framework).settingsVariable]);
  return deployment.variables.flatMap(given => {
    const { name, value, by, place } = given;
    const own = reads.filter(read => read.name === name);
    const counts = isHint(given) ? own.length > 0 && own.every(isNeeded) : own.length > 0;
    const isPlain = !isSecretName(name) && !FOR_DEVELOPERS.test(name) && !OWN.test(name) && !hasLogin(given);
    // A developer's machine has no server; the app's own images have one beside them.
    const isInPlace = isHint(given) && /(^|_)SQLITE(_|$)/.test(name) && services.some(isDatabase);
    const isElsewhere = by === 'compose' && leadsElsewhere(value, deployment);
    if (!counts || !isPlain || isInPlace || isElsewhere || given.isMissing || taken.has(name)) return [];
    const fact = { name, value: { value, place, why: asGiven(given) }, inImage: by === 'container' };
    const isForDevelopers =
      by === 'compose' && KIND_OF_PLACE.test(name) && OF_DEVELOPERS.test(value) && !own.some(isNeeded);
    return isForDevelopers
      ? [
          {
            ...fact,
            value: { ...fact.value, why: `${asGiven(given)}; production is not told so` },
            forDevelopers: true,
          },
        ]
      : [fact];
  });
}

/** The variables that would name files which containers are given from outside, as they are written. */
export function unsetVariables({ deployment, reads, others }: EnvironmentSources): readonly Sourced<string>[] {
  return deployment.variables.flatMap(({ name, value, place, isMissing }) => {
    const isRead = isMissing && !others.includes(name) && reads.some(read => read.name === name);
    return isRead ? [{ value: `${name}=${value}`, place, why: 'a file that its own container is given' }] : [];
  });
}

function isDatabase({ kind }: ServiceFacts): boolean {
  const service: ServiceDefinition = SERVICES[kind];
  return service.djangoEngine !== undefined;
}

/** Whether the code has nothing in a variable's place, and does not say that it may be nothing. */
function isNeeded({ required, without }: EnvRead): boolean {
  return required && without !== 'nothing';
}

function variablesOf({ addresses = [], parts = [], inTests = {} }: ServiceFacts): readonly string[] {
  return [...addresses, ...parts, ...(inTests.addresses ?? []), ...(inTests.parts ?? [])].map(
    ({ variable }: { readonly variable: Sourced<string> }) => variable.value,
  );
}

function hasLogin({ value }: GivenVariable): boolean {
  return /^[a-z][\w+.-]*:\/\/[^/@]*@/.test(value);
}

/** Whether a value is the address of another container of the compose file: there is none of that name here. */
function leadsElsewhere(value: string, { names }: Deployment): boolean {
  const [, host] = /^(?:[a-z][\w+.-]*:\/\/)?([\w.-]+)(?::\d+)?(?:\/|$)/.exec(value) ?? [];
  return host !== undefined && names.has(host);
}
