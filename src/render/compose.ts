/** Compose files: what the app is made of, and what differs in development, in production and for tests. */
import type { Document } from 'yaml';
import { filesServed, isApp } from '../plan/look-up.js';
import type { Plan } from '../plan/types.js';
import { defined, unlessEmpty } from '../source/defined.js';
import { development } from './compose-development.js';
import {
  appVolume,
  builtWith,
  composeProcess,
  composeService,
  dataVolume,
  processesFor,
  profilesOf,
  SETUP,
  servedPath,
} from './compose-parts.js';
import { CONFINEMENT, production } from './compose-production.js';
import { testing } from './compose-tests.js';
import { leftOut } from './left-out.js';
import { composeCommand, type Movable, makeCommand, placeOf } from './places.js';
import type { Rendered, RenderedSource } from './rendered.js';
import { type Common, withSharedParts } from './shared-parts.js';
import { type YamlData, yamlFile } from './yaml-file.js';

/** The files, and those that services read. */
export function composeFiles(plan: Plan, source: RenderedSource): readonly Rendered[] {
  const dockerfile = placeOf(source, 'Dockerfile');
  const app: Common = { name: 'app', services: plan.processes.filter(isApp).map(({ id }) => id) };
  const confined: Common = {
    name: 'confined',
    services: ['migrate', ...processesFor(plan, 'prod').map(({ id }) => id)],
    keys: CONFINEMENT,
  };
  // Nor are images of two apps one image: a stack's are called as its volumes are.
  const stack = plan.commonName ? { ...plan, name: '${COMPOSE_PROJECT_NAME}' } : plan;
  const file = (path: Movable, about: string, content: YamlData, common: readonly Common[] = []) => {
    const built = dockerfile === 'Dockerfile' ? content : builtFrom(dockerfile, content);
    const shared = (document: Document) => withSharedParts(document, built, common);
    const { text, ...rendered } = yamlFile(placeOf(source, path), about, shared, ['services']);
    return { ...rendered, text: text.replaceAll(`:?run ${SETUP}}`, `:?run ${makeCommand(source)} setup}`) };
  };
  return [
    file(
      'compose.yaml',
      `What the app is made of. Add ${placeOf(source, 'compose.dev.yaml')} or ${placeOf(source, 'compose.prod.yaml')} to it; "${makeCommand(source)} help" tells how.${called(plan)}`,
      common(stack),
      [app],
    ),
    file(
      'compose.dev.yaml',
      'Development: the source is mounted, and edits are taken in.',
      development(stack, source, 'mounted'),
      [app],
    ),
    file(
      'compose.watch.yaml',
      `Development without mounts: ${composeCommand(source, 'compose.yaml', 'compose.watch.yaml')} watch carries edits over.`,
      development(stack, source, 'watched'),
      [app],
    ),
    file('compose.prod.yaml', 'Production on one machine.', production(stack), [confined, app]),
    file(
      'compose.test.yaml',
      [`Tests: ${composeCommand(source, 'compose.test.yaml')} run --rm test`, ...leftOut(plan)].join('\n'),
      testing(plan),
    ),
    ...servedFiles(plan),
  ];
}

/** Volumes of two apps of one name would be the same. */
function called({ commonName, name }: Plan): string {
  return commonName
    ? `\n${name} is a name that other apps have as well, so images and volumes are called after the directory;\n"name" in quayside.yaml changes that.`
    : '';
}

function servedFiles({ files, services }: Plan): readonly Rendered[] {
  const names = [...new Set(services.flatMap(filesServed))].sort();
  return names.map(name => ({ path: servedPath(name), text: files[name]!.content }));
}

function common(plan: Plan): YamlData {
  const processes = plan.processes.filter(({ only }) => only === undefined);
  return defined({
    name: plan.commonName ? undefined : plan.name,
    services: Object.fromEntries([
      ...plan.services.map(
        service =>
          [service.id, defined({ ...composeService(plan, service), profiles: profilesOf(plan, service) })] as const,
      ),
      ...processes.map(process => [process.id, composeProcess(plan, process)] as const),
    ]),
    volumes: unlessEmpty(Object.fromEntries(volumesOf(plan).map(name => [name, {}]))),
    secrets: builtWith(plan),
  });
}

/** The same where images are built from a Dockerfile of another name. */
function builtFrom(dockerfile: string, content: YamlData): YamlData {
  const services = Object.entries(content.services as Readonly<Record<string, YamlData>>).map(([id, service]) => {
    const { build } = service as { readonly build?: YamlData };
    return [id, build === undefined ? service : { ...service, build: { ...build, dockerfile } }] as const;
  });
  return { ...content, services: Object.fromEntries(services) };
}

/** Names of the volumes: of services' data, and of what the app writes. */
export function volumesOf(plan: Plan): readonly string[] {
  const data = plan.services.flatMap(service => (service.data === undefined ? [] : [dataVolume(plan, service)]));
  return [...new Set([...data, ...plan.processes.flatMap(({ volumes }) => volumes.map(appVolume))])];
}
