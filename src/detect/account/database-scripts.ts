/** Scripts that the images of databases run when they are made for the first time: none runs here, where a database begins empty. */
import { isWithin, joinPath, parentOf, resolvePath } from '../../source/paths.js';
import type { Tree } from '../../source/tree.js';
import type { LeftStep } from '../facts.js';
import { type AppCompose, readAppCompose, seenFromApp } from '../files/compose.js';
import type { ComposeService } from '../files/compose-service.js';
import { readInstructions } from '../files/dockerfile-instructions.js';
import { imageKind } from '../files/service-images.js';
import type { Followed } from './image-runs.js';
import { clipped } from './programs.js';

/** Where the official images look: https://github.com/docker-library/docs/tree/master/postgres#initialization-scripts. */
const DIRECTORY = '/docker-entrypoint-initdb.d';

/** What they run there. */
const RUN = /\.(sql|sh|js)(\.(gz|xz|zst))?$/;

/** Finds those of the databases that the app uses, those of each in one. */
export async function leftDatabaseScripts({ project, facts }: Followed): Promise<readonly LeftStep[]> {
  const compose = await readAppCompose(project);
  const used = new Set<string>(facts.services.map(({ kind }) => kind));
  const databases = compose.services.filter(({ image }) => image && used.has(imageKind(image.value) ?? ''));
  return (await Promise.all(databases.map(service => scriptsOf(service, compose)))).flat();
}

async function scriptsOf(service: ComposeService, compose: AppCompose): Promise<readonly LeftStep[]> {
  const { name, mounts } = service;
  const laid = [
    ...mounts.map(({ value, place }) => ({ from: resolvePath('', value.source), to: value.target, place })),
    ...(await copiedIn(service, compose.base)),
  ];
  const found = laid
    .filter(({ to }) => isWithin(to.replace(/\/$/, ''), DIRECTORY))
    .map(one => ({ ...one, paths: compose.base.paths.filter(path => isWithin(path, one.from) && RUN.test(path)) }));
  const paths = [...new Set(found.flatMap(one => one.paths))];
  const first = found.find(one => one.paths.length > 0);
  if (!first) return [];
  const why = `${name.value} runs it when it is made, in the compose file; the one here begins empty`;
  return [{ kind: 'start', value: clipped(paths.join(' '), 120), place: seenFromApp(compose, first.place), why }];
}

/** What the Dockerfile of a database has there, which its service in the compose file is named by. */
async function copiedIn({ image }: ComposeService, base: Tree) {
  const file = image?.place.file ?? '';
  if (!/(^|[/.])(Dockerfile|Containerfile)\b/i.test(file)) return [];
  return readInstructions((await base.read(file)) ?? '').flatMap(instruction => {
    if (instruction.kind !== 'copy') return [];
    const { from, to, line } = instruction;
    return from.map(path => ({ from: resolvePath('', joinPath(parentOf(file), path)), to, place: { file, line } }));
  });
}
