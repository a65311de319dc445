/** What resolvers work with, and how they are written: one function a field, on the value of its object. */

import type { Images } from '../images/resolve.js';
import type { ApiObject, ObjectValues, Registry, TypeName } from '../objects/registry.js';
import type { ServiceManager } from '../services/manager.js';
import type { Engine } from '../solve/context.js';

export interface Api extends Engine, Images {
  readonly registry: Registry;
  readonly services: ServiceManager;
}

/** Arguments as GraphQL coerced them: defaults filled in, absent ones undefined. */
// biome-ignore lint/suspicious/noExplicitAny: the schema says the types, and GraphQL has checked them before a resolver is called
export type Args = any;

type FieldResult = unknown | ApiObject | readonly ApiObject[];
export type Resolver<T extends TypeName> = (
  value: ObjectValues[T],
  args: Args,
  api: Api,
) => FieldResult | Promise<FieldResult>;
export type Fields<T extends TypeName> = Readonly<Record<string, Resolver<T>>>;

/** Wraps a value as an object of the API. */
export function object<T extends TypeName>(type: T, value: ObjectValues[T]): ApiObject<T> {
  return { type, value };
}

/** Refuses arguments that this engine cannot honour, by name. @throws Error when one is set */
export function refuseArguments(
  field: string,
  args: Readonly<Record<string, unknown>>,
  names: readonly string[],
): void {
  const given = names.filter(name => args[name] !== undefined && args[name] !== null && args[name] !== false);
  if (given.length > 0)
    throw new Error(
      `${field}: the local engine does not serve the argument ${given.join(', ')}; it needs a Dagger engine`,
    );
}
