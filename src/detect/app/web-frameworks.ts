/** The Python packages that make a project a web app. */
import type { Dependency } from '../../support/dependency.js';
import type { Framework } from '../facts.js';

/** Frameworks with the packages that bring them, the one that decides first. */
export const WEB_FRAMEWORKS: readonly (readonly [Framework, readonly string[]])[] = [
  ['django', ['django']],
  ['fastapi', ['fastapi', 'fastapi-slim', 'starlette']],
  ['flask', ['flask', 'apiflask', 'flask-openapi3']],
];

const PACKAGES = new Set(WEB_FRAMEWORKS.flatMap(([, packages]) => packages));

/** Whether one of the dependencies that are installed for production is a web framework. */
export function bringsWebFramework(dependencies: readonly Pick<Dependency, 'name' | 'group'>[]): boolean {
  return dependencies.some(({ name, group }) => group === 'main' && PACKAGES.has(name));
}
