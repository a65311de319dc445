/** The web frameworks that make a project an app, the one that decides before the others first. */
import { type Dependency, dependencyOn } from './dependency.js';
import type { FrameworkDefinition } from './frameworks/definition.js';
import { FRAMEWORKS, type Framework } from './frameworks/index.js';
import { entriesOf } from './registry.js';

export const WEB_FRAMEWORKS: readonly (readonly [Framework, FrameworkDefinition])[] = entriesOf(FRAMEWORKS);

/** What holds for an app of whose framework nothing is known. */
const UNKNOWN: FrameworkDefinition = {
  title: 'no framework',
  doc: '',
  rank: Number.POSITIVE_INFINITY,
  packages: [],
  protocol: 'wsgi',
  makers: {},
  usual: 'object',
  example: 'a web process',
  handsOut: directory => `files of ${directory}`,
  spelling: 'general',
};

/** What is known of a framework; undefined: of one that is not known. */
export function frameworkOf(framework: Framework | undefined): FrameworkDefinition {
  return framework === undefined ? UNKNOWN : FRAMEWORKS[framework];
}

const PACKAGES = new Set(WEB_FRAMEWORKS.flatMap(([, { packages }]) => packages));

/** Tools that are called for a framework and do without it. */
const WITHOUT = /^(django-environ|flask-unsign|fastapi-cli|fastapi-cloud-cli|django-stubs.*)$/;

/** The framework that an extension brings along: flask-login is none without Flask, Wagtail none without Django. */
export function extendedFramework(name: string): Framework | undefined {
  if (WITHOUT.test(name)) return undefined;
  return WEB_FRAMEWORKS.find(
    ([, { packages, broughtBy = [] }]) =>
      broughtBy.includes(name) || (packages[0] !== undefined && name.startsWith(`${packages[0]}-`)),
  )?.[0];
}

/** The dependency by which a framework is there: on a package of its own, else on an extension that brings it along. */
export function dependencyOnFramework(
  dependencies: readonly Dependency[],
  framework: Framework,
): Dependency | undefined {
  const own = dependencyOn(dependencies, ...FRAMEWORKS[framework].packages);
  if (own) return own;
  const all = dependencies.filter(({ name }) => extendedFramework(name) === framework);
  return all.find(({ group }) => group === 'main') ?? all[0];
}

/** Whether one of the dependencies that are installed for production is a web framework, or what is nothing without one. */
export function bringsWebFramework(dependencies: readonly Pick<Dependency, 'name' | 'group'>[]): boolean {
  return dependencies.some(
    ({ name, group }) => group === 'main' && (PACKAGES.has(name) || extendedFramework(name) !== undefined),
  );
}
