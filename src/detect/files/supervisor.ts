/** What supervisord starts, which keeps several programs running in one container. */
import type { Place } from '../../diagnostics/place.js';
import { asideIn, installedIn } from '../../source/own-code.js';
import type { Tree } from '../../source/tree.js';
import { readSections } from './ini.js';

/** Files of its settings. */
export const SUPERVISOR_FILES = /^([\w.-]+\/){0,2}supervisord?[^/]*\.(conf|ini)$/;

/** A program's command as it is written, in the directory that it has there. */
export interface SupervisedCommand {
  readonly text: string;
  readonly place: Place;
}

/**
 * Finds the commands in the files that a supervisord with some arguments reads: http://supervisord.org/configuration.html#program-x-section-settings.
 * @param args words behind the program, of which one may name the file that counts
 */
export async function supervisedCommands(tree: Tree, args: readonly string[]): Promise<readonly SupervisedCommand[]> {
  const [isInstalled, asideOf] = [installedIn(tree.paths), asideIn(tree.paths)];
  const files = tree.paths.filter(
    path => SUPERVISOR_FILES.test(path) && !isInstalled(path) && asideOf(path) === undefined,
  );
  const named = files.filter(path => args.some(arg => arg.split('/').at(-1) === path.split('/').at(-1)));
  const found = (named.length > 0 ? named : files).map(async file => commandsIn(file, (await tree.read(file)) ?? ''));
  return (await Promise.all(found)).flat();
}

function commandsIn(file: string, text: string): readonly SupervisedCommand[] {
  const lines = text.split(/\r?\n/);
  return [...readSections(text)].flatMap(([section, keys]) => {
    const value = (name: string) => keys.get(name)?.join(' ');
    const command = value('command');
    if (!section.startsWith('program:') || command === undefined || /^false$/i.test(value('autostart') ?? ''))
      return [];
    const directory = value('directory');
    const written = directory === undefined ? command : `cd ${directory} && ${command}`;
    const head = lines.findIndex(line => line.trim() === `[${section}]`);
    const below = lines.slice(head).findIndex(line => /^command\s*[=:]/.test(line));
    // Of its own variables only the running supervisord knows.
    return [{ text: written.replaceAll(/%\((?:ENV_)?(\w+)\)[sd]/g, '$$$1'), place: { file, line: head + below + 1 } }];
  });
}
