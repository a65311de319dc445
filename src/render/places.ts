/** Where rendered files lie when the source has files of its own in their places: those stay what everybody knows them as. */
import { HEADER, type RenderedSource } from './rendered.js';

/** The files that others are built or started by, and where each lies beside one of the source's own. */
const BESIDES = {
  Dockerfile: 'Dockerfile.quayside',
  'compose.yaml': 'compose.quayside.yaml',
  Makefile: 'Makefile.quayside',
  '.env.example': 'quayside.env.example',
} as const;

const IGNORES = '.dockerignore';

/** A file that has another place where its own is taken. */
export type Movable = keyof typeof BESIDES | typeof IGNORES;

/** All of them. */
export const MOVABLE: readonly Movable[] = [...(Object.keys(BESIDES) as (keyof typeof BESIDES)[]), IGNORES];

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

/** How the targets of the Makefile are called. */
export function makeCommand(source: Pick<RenderedSource, 'taken'>): string {
  const path = placeOf(source, 'Makefile');
  return path === 'Makefile' ? 'make' : `make -f ${path}`;
}
