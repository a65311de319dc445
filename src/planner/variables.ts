/** The variables that the app reads, for whoever has to set them. */
import { trialOnlyEnv } from '../config/image-env.js';
import type { Config } from '../config/schema.js';
import type { Facts } from '../detect/facts.js';
import { isSecretTemplate } from '../plan/template.js';
import type { Need, Variable } from '../plan/types.js';
import { defined } from '../source/defined.js';
import { resolvePath } from '../source/paths.js';
import { isSecretName } from '../support/secret-names.js';
import { isSetByItself } from '../support/set-variables.js';
import { SWITCHES } from '../support/switches.js';

/** Makes the list, by name. */
export function makeVariables(
  facts: Pick<Facts, 'secrets' | 'variables' | 'needed' | 'environment' | 'root'>,
  config: Pick<Config, 'env'>,
  needs: readonly Need[],
): readonly Variable[] {
  const { secrets, variables = [] } = facts;
  const root = facts.root?.value ?? '';
  const made = madeUp(facts, config);
  const addresses = new Map(
    needs.flatMap(({ to, env }) => Object.entries(env).map(([name, template]) => [name, { to, template }] as const)),
  );
  const own = new Map(secrets.map(({ value, place }) => [value, place]));
  const isTold = (name: string) => own.has(name) || addresses.has(name) || Object.hasOwn(config.env ?? {}, name);
  const others = variables.filter(({ name }) => isTold(name) || Object.hasOwn(made, name) || !isSetByItself(name));
  const read = new Map(others.map(variable => [variable.name, variable]));
  const forDevelopers = developersValues(facts);
  const deployed = deployedValues(facts, config);
  const names = [...new Set([...own.keys(), ...addresses.keys(), ...read.keys()])].sort();
  return names.map(name => {
    const address = addresses.get(name);
    const known = read.get(name);
    const place = own.get(name);
    return defined({
      name,
      secret:
        place !== undefined ||
        secretsOf(facts).includes(name) ||
        isSecretName(name) ||
        (address !== undefined && isSecretTemplate(address.template)),
      required: known?.required ?? true,
      default: known?.fallback,
      service: address?.to,
      trial: made[name],
      developers: forDevelopers[name],
      given: known?.required === false ? deployed[name] : undefined,
      production:
        Object.hasOwn(config.env ?? {}, name) || !isDebugging(name)
          ? undefined
          : (OFF.get(known?.fallback ?? '') ?? known?.off),
      read: (known?.places ?? (place ? [place] : [])).map(({ file, line }) =>
        defined({ file: resolvePath(root, file), line }),
      ),
    });
  });
}

/** Whether a variable turns on what shows mistakes to whoever makes one. */
export function isDebugging(name: string): boolean {
  return /^(\w+_)?DEBUG$/.test(name) && !/TOOLBAR|SQL/.test(name);
}

/** How a default that turns something on is turned off, in its spelling. */
const OFF: ReadonlyMap<string, string> = new Map(SWITCHES);

/** Variables with secrets of the app's own: those that sign, and others that it fails without. */
export function secretsOf({ secrets, needed = [] }: Pick<Facts, 'secrets' | 'needed'>): readonly string[] {
  const others = needed.flatMap(({ name, trial }) => (trial === undefined ? [name] : []));
  return [...new Set([...secrets.map(({ value }) => value), ...others])];
}

/** What a build step, a test or `serve` sets and the published image does not: what is given for that, and what has to be there. */
export function trialValues(
  facts: Pick<Facts, 'needed' | 'environment'>,
  config: Pick<Config, 'env'>,
): Readonly<Record<string, string>> {
  return { ...madeUp(facts, config), ...givenValues(facts, false), ...trialOnlyEnv(config) };
}

/** Values for what the app fails without and nobody gives. */
function madeUp(
  { needed = [], environment = [] }: Pick<Facts, 'needed' | 'environment'>,
  config: Pick<Config, 'env'>,
): Readonly<Record<string, string>> {
  const given = new Set([...environment.map(({ name }) => name), ...Object.keys(config.env ?? {})]);
  return Object.fromEntries(
    needed.flatMap(({ name, trial }) => (trial === undefined || given.has(name) ? [] : [[name, trial]])),
  );
}

/** Values that the deployment gives: those that the app's own image has, or those of what runs it. */
export function givenValues(
  { environment = [] }: Pick<Facts, 'environment'>,
  inImage: boolean,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    environment
      .filter(given => given.inImage === inImage && !given.forPeople)
      .map(({ name, value }) => [name, value.value]),
  );
}

/** Values that the deployment gives and that the image does not have: whoever runs that has to give them again. */
function deployedValues(
  facts: Pick<Facts, 'environment'>,
  { env = {} }: Pick<Config, 'env'>,
): Readonly<Record<string, string>> {
  const given = Object.entries(givenValues(facts, false));
  const forDevelopers = developersValues(facts);
  return Object.fromEntries(given.filter(([name]) => !Object.hasOwn(env, name) && !Object.hasOwn(forDevelopers, name)));
}

/** Values that only images which people use have. */
export function peoplesValues({ environment = [] }: Pick<Facts, 'environment'>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    environment.flatMap(({ name, value, forPeople }) => (forPeople ? [[name, value.value]] : [])),
  );
}

/** What tests, or developers, have in their place, where that is known. */
export function valuesElsewhere(
  { environment = [] }: Pick<Facts, 'environment'>,
  where: 'tests' | 'developers',
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    environment.flatMap(({ name, forPeople }) => {
      const value = forPeople?.[where];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/** Values that say to the app that developers look at it. */
export function developersValues({ environment = [] }: Pick<Facts, 'environment'>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    environment.flatMap(({ name, value, forDevelopers }) => (forDevelopers ? [[name, value.value]] : [])),
  );
}
