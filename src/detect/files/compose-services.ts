/** Services that the app's own compose file runs, with their versions. */

import type { Sourced } from '../../source/sourced.js';
import type { ServiceKind } from '../facts.js';
import { aroundApp, type Project } from '../project.js';

/** Names of compose files, the first that exists counting. */
export const COMPOSE_FILES = [
  'compose.yaml',
  'compose.yml',
  'docker-compose.yml',
  'docker-compose.yaml',
  'docker-compose.dev.yml',
];
const KINDS: Readonly<Record<string, ServiceKind>> = {
  postgres: 'postgres',
  mysql: 'mysql',
  mariadb: 'mariadb',
  redis: 'redis',
  rabbitmq: 'rabbitmq',
};

/** A service of a compose file; the version is what its tag begins with, when it names one. */
export type ComposeServices = ReadonlyMap<ServiceKind, { readonly version?: Sourced<string> }>;

/** Reads the images of the first compose file there is, the app's own before the one around it. */
export async function readComposeServices(project: Project): Promise<ComposeServices> {
  const { tree, source } = project;
  const own = COMPOSE_FILES.find(path => tree.paths.includes(path));
  const around = COMPOSE_FILES.find(path => source.paths.includes(path));
  const file = own ?? (around && aroundApp(project, around));
  const services = new Map<ServiceKind, { version?: Sourced<string> }>();
  const lines = file === undefined ? [] : ((await (own ? tree.read(own) : source.read(around!))) ?? '').split(/\r?\n/);
  lines.forEach((line, index) => {
    const [, name = '', tag = ''] =
      /^\s+image:\s*["']?(?:docker\.io\/)?(?:library\/)?(postgres|mysql|mariadb|redis|rabbitmq)(?::([\w.-]+))?(?:@\S+)?["']?\s*(?:#.*)?$/.exec(
        line,
      ) ?? [];
    const kind = KINDS[name];
    if (kind === undefined || services.has(kind)) return;
    const version = /^\d+(\.\d+)*/.exec(tag)?.[0];
    const from = { place: { file: file!, line: index + 1 }, why: 'as in the compose file' };
    services.set(kind, version === undefined ? {} : { version: { value: version, ...from } });
  });
  return services;
}
