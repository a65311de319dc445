/** Where rendered files lie when the source has files of its own in their places: those stay what everybody knows them as. */
import { HEADER, type RenderedSource } from './rendered.js';

/** The files that others are built or started by, and where each lies beside one of the source's own. */
const BESIDES = {
  Dockerfile: 'Dockerfile.quayside',
  'compose.yaml': 'compose.quayside.yaml',
  'compose.dev.yaml': 'compose.quayside.dev.yaml',
  'compose.watch.yaml': 'compose.quayside.watch.yaml',
  'compose.prod.yaml': 'compose.quayside.prod.yaml',
  'compose.test.yaml': 'compose.quayside.test.yaml',
  Makefile: 'Makefile.quayside',
  '.env.example': 'quayside.env.example',
} as const;

const IGNORES = '.dockerignore';

/** A file that has another place where its own is taken. */
export type Movable = keyof typeof BESIDES | typeof IGNORES;

/** All of them. */
export const MOVABLE: readonly Movable[] = [...(Object.keys(BESIDES) as (keyof typeof BESIDES)[]), IGNORES];

/** Other names that programs look for: a file of such a name would be passed over for the rendered one, or the rendered one for it. */
const ALIASES: Partial<Readonly<Record<Movable, readonly string[]>>> = {
  Dockerfile: ['dockerfile'],
  'compose.yaml': ['compose.yml', 'docker-compose.yaml', 'docker-compose.yml'],
  Makefile: ['makefile', 'GNUmakefile'],
};

/** The names of files that take the place of a rendered one, its own first. */
export function namesOf(place: Movable): readonly [Movable, ...string[]] {
  return [place, ...(ALIASES[place] ?? [])];
}

/** Whether a file in the place of a rendered one was never rendered. */
export function isTaken(text: string): boolean {
  return !text.startsWith(`# ${HEADER}`);
}

/** Where a rendered file lies. */
export function placeOf({ taken = [] }: Pick<RenderedSource, 'taken'>, path: Movable): string {
  if (path !== IGNORES) return taken.includes(path) ? BESIDES[path] : path;
  // BuildKit takes the one with the name of the Dockerfile before the one for all.
  const isMoved = taken.includes(IGNORES) || taken.includes('Dockerfile');
  return isMoved ? `${placeOf({ taken }, 'Dockerfile')}${IGNORES}` : IGNORES;
}

/** Which rendered files Compose is told, as its options. */
export function composeFlags(source: Pick<RenderedSource, 'taken'>, ...files: readonly Movable[]): string {
  return files.map(file => `-f ${placeOf(source, file)}`).join(' ');
}

/** How Compose is called with rendered files. */
export function composeCommand(source: Pick<RenderedSource, 'taken'>, ...files: readonly Movable[]): string {
  return `docker compose ${composeFlags(source, ...files)}`;
}

/** How the targets of the Makefile are called. */
export function makeCommand(source: Pick<RenderedSource, 'taken'>): string {
  const path = placeOf(source, 'Makefile');
  return path === 'Makefile' ? 'make' : `make -f ${path}`;
}
