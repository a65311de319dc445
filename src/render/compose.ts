/** Compose files: what the app is made of, and what differs in development, in production and for tests. */
import type { Plan } from '../plan/types.js';
import { defined, unlessEmpty } from '../source/defined.js';
import { development } from './compose-development.js';
import { appVolume, builtWith, composeProcess, composeService, dataVolume, servedPath } from './compose-parts.js';
import { production } from './compose-production.js';
import { testing } from './compose-tests.js';
import { leftOut } from './left-out.js';
import type { Rendered, RenderedSource } from './rendered.js';
import { type YamlData, yamlFile } from './yaml-file.js';

/** The files, and those that services read. */
export function composeFiles(plan: Plan, source: RenderedSource): readonly Rendered[] {
  const file = (path: string, about: string, content: YamlData) => yamlFile(path, about, content, ['services']);
  return [
    file(
      'compose.yaml',
      'What the app is made of. Add compose.dev.yaml or compose.prod.yaml to it; "make help" tells how.',
      base(plan),
    ),
    file(
      'compose.dev.yaml',
      'Development: the source is mounted, and edits are taken in.',
      development(plan, source, 'mounted'),
    ),
    file(
      'compose.watch.yaml',
      'Development without mounts: docker compose -f compose.yaml -f compose.watch.yaml watch carries edits over.',
      development(plan, source, 'watched'),
    ),
    file('compose.prod.yaml', 'Production on one machine.', production(plan)),
    file(
      'compose.test.yaml',
      ['Tests: docker compose -f compose.test.yaml run --rm test', ...leftOut(plan)].join('\n'),
      testing(plan),
    ),
    ...servedFiles(plan),
  ];
}

function servedFiles({ files, services }: Plan): readonly Rendered[] {
  const names = [...new Set(services.flatMap(service => service.files))].sort();
  return names.map(name => ({ path: servedPath(name), text: files[name]!.content }));
}

function base(plan: Plan): YamlData {
  const processes = plan.processes.filter(({ only }) => only === undefined);
  return defined({
    name: plan.name,
    services: Object.fromEntries([
      ...plan.services.map(service => [service.id, composeService(plan, service)] as const),
      ...processes.map(process => [process.id, composeProcess(plan, process)] as const),
    ]),
    volumes: unlessEmpty(Object.fromEntries(volumesOf(plan).map(name => [name, {}]))),
    secrets: builtWith(plan),
  });
}

/** Names of the volumes: of services' data, and of what the app writes. */
export function volumesOf(plan: Plan): readonly string[] {
  const data = plan.services.flatMap(service => (service.data === undefined ? [] : [dataVolume(plan, service)]));
  return [...new Set([...data, ...plan.processes.flatMap(({ volumes }) => volumes.map(appVolume))])];
}
