/** The programs that what deploys an app runs, in the order in which its files say how it is deployed. */
import type { Place } from '../../diagnostics/place.js';
import { oncePerTree, type Tree } from '../../source/tree.js';
import { programsOf, type RunProgram } from '../files/runners.js';
import { START_FILES, type StartFiles, startFilesIn } from '../files/start-commands.js';
import type { Project } from '../project.js';

/** A program, and where it stands. */
export interface DeployedProgram {
  readonly program: RunProgram;
  readonly place: Place;
}

/**
 * Finds them one after another, in the app's directory before what lies around it; files are read as far as somebody asks.
 * @param counts whether a file, by its path and text, may have what is looked for
 */
export async function* deployedPrograms(
  { tree, source }: Pick<Project, 'tree' | 'source'>,
  counts: (path: string, text: string) => boolean,
): AsyncGenerator<DeployedProgram> {
  for (const files of START_FILES) {
    for (const from of tree === source ? [tree] : [tree, source]) {
      for (const path of startFilesIn(from, files)) {
        const text = (await from.read(path)) ?? '';
        if (counts(path, text)) yield* await programsIn(from, files, path, text);
      }
    }
  }
}

/** What was found in files of a tree, which several parts of detection go through. */
const programsOfTree = oncePerTree(() => new Map<string, Promise<readonly DeployedProgram[]>>());

function programsIn(tree: Tree, files: StartFiles, path: string, text: string): Promise<readonly DeployedProgram[]> {
  const [known, key] = [programsOfTree(tree), `${files.name} ${path}`];
  const found = known.get(key) ?? readPrograms(files, path, text);
  known.set(key, found);
  return found;
}

async function readPrograms(files: StartFiles, path: string, text: string): Promise<readonly DeployedProgram[]> {
  const found = (await files.commands(text, path)).flatMap(({ command, place }) =>
    command.commands.map(async one =>
      (await programsOf(one)).map(program => ({
        program,
        place: { ...place, line: (place.line ?? 1) + program.line },
      })),
    ),
  );
  return (await Promise.all(found)).flat();
}
