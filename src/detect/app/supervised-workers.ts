/** Workers and schedulers that supervisord starts beside the web server, by its files in the source. */
import type { ComponentFacts } from '../facts.js';
import { readCommandLine } from '../files/command-line.js';
import { readSections } from '../files/ini.js';
import { startFilesIn } from '../files/start-commands.js';
import { SUPERVISOR_FILES } from '../files/supervisor.js';
import type { Project } from '../project.js';
import { celeryWords } from './celery-words.js';
import { withOwnName, workerIn } from './compose-workers.js';

/** Finds them by the names that they have there, each command once: http://supervisord.org/configuration.html#program-x-section-settings. */
export async function supervisedWorkers({ tree }: Project): Promise<readonly ComponentFacts[]> {
  const found: ComponentFacts[] = [];
  for (const file of startFilesIn(tree, { name: SUPERVISOR_FILES })) {
    const text = (await tree.read(file)) ?? '';
    for (const [section, keys] of readSections(text)) {
      const [, name] = /^program:(.+)$/.exec(section) ?? [];
      const written = keys.get('command')?.join(' ');
      // What only the running supervisord knows, a command is not complete without.
      if (name === undefined || written === undefined || /%\(/.test(written)) continue;
      const words = await workerIn(await readCommandLine(written));
      if (words === undefined || found.some(({ command }) => command.value.join(' ') === celeryWords(words).join(' ')))
        continue;
      const line = text.split(/\r?\n/).findIndex(content => content.trim() === `[${section}]`) + 1;
      found.push({
        name,
        command: { value: celeryWords(words), place: { file, line }, why: 'as supervisord starts it' },
      });
    }
  }
  return found.map(withOwnName);
}
