/** The web frameworks that make a project an app, the one that decides before the others first. */
import type { Dependency } from './dependency.js';
import type { FrameworkDefinition } from './frameworks/definition.js';
import { FRAMEWORKS, type Framework } from './frameworks/index.js';
import { entriesOf } from './registry.js';

export const WEB_FRAMEWORKS: readonly (readonly [Framework, FrameworkDefinition])[] = entriesOf(FRAMEWORKS);

/** What is known of a framework. */
export function frameworkOf(framework: Framework): FrameworkDefinition {
  return FRAMEWORKS[framework];
}

const PACKAGES = new Set(WEB_FRAMEWORKS.flatMap(([, { packages }]) => packages));

/** Whether one of the dependencies that are installed for production is a web framework. */
export function bringsWebFramework(dependencies: readonly Pick<Dependency, 'name' | 'group'>[]): boolean {
  return dependencies.some(({ name, group }) => group === 'main' && PACKAGES.has(name));
}
