/** Services with extensions: the image that an app's compose file, its packages or its settings ask for. */
import { defined } from '../../source/defined.js';
import type { Sourced } from '../../source/sourced.js';
import type { Dependency } from '../../support/dependency.js';
import type { ServiceKind } from '../../support/run-services.js';
import type { RunServiceDefinition, ServiceVariant } from '../../support/services/definition.js';
import { SERVICES } from '../../support/services/index.js';
import type { PythonModule } from '../code/module.js';
import type { ServiceVariantFacts } from '../facts.js';
import type { ComposeServices } from '../files/compose-services.js';
import { hasSameName } from '../files/service-images.js';
import { usesOf } from './optional.js';

/** What variants are found in. */
export interface VariantSources {
  readonly served: readonly PythonModule[];
  readonly dependencies: readonly Dependency[];
  readonly compose: ComposeServices;
}

/** A variant with the scheme that Django's URL parsers have for it. */
export interface FoundVariant {
  readonly facts: ServiceVariantFacts;
  readonly djangoScheme?: string;
}

/** Finds the one that the compose file runs, else the first that the app needs. */
export function variantOf(kind: ServiceKind, sources: VariantSources): FoundVariant | undefined {
  const { variants = [] }: RunServiceDefinition = SERVICES[kind];
  const own = sources.compose.get(kind);
  const inCompose = own && variants.find(({ repositories }) => repositories.includes(own.repository));
  if (own && inCompose) {
    const title = { ...own.image, value: inCompose.title };
    return foundVariant(inCompose, { title, image: own.image.value }, sources);
  }
  // Somebody's own copy of an image is known by its name alone: the one that it is a copy of stands for it.
  const copied = own && variants.find(({ repositories }) => repositories.some(one => hasSameName(one, own.repository)));
  if (own && copied) {
    return foundVariant(copied, { title: { ...own.image, value: copied.title }, image: copied.image }, sources);
  }
  for (const variant of variants) {
    const title = needOf(variant, sources);
    if (title) return foundVariant(variant, { title, image: variant.image }, sources);
  }
  return undefined;
}

function foundVariant(variant: ServiceVariant, facts: ServiceVariantFacts, { served }: VariantSources): FoundVariant {
  const django =
    variant.texts && usesOf({ imported: [], texts: variant.texts }, served).length > 0 ? variant.django : undefined;
  return defined({ facts: defined({ ...facts, engine: django?.engine }), djangoScheme: django?.scheme });
}

/** What shows that the app needs a variant. */
function needOf(
  { title, packages, texts }: ServiceVariant,
  { served, dependencies }: VariantSources,
): Sourced<string> | undefined {
  const dependency = dependencies.find(({ name, group }) => group === 'main' && packages.includes(name));
  if (dependency) return { value: title, place: dependency.place, why: `${dependency.name} is a dependency` };
  const [use] = texts ? usesOf({ imported: [], texts }, served) : [];
  return use && { value: title, place: { file: use.path, line: use.line }, why: 'named in the code' };
}
