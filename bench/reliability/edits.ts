/** An app is edited and run again, many times, with a limit for the state. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { busyboxStack } from '../../test/engine/support/overlay.js';
import { openTestSession, type Place } from '../../test/engine/support/session.js';
import { counter, type Part } from './part.js';

const megabytes = 16;

/** One run after an edit; returns what is wrong. */
async function edit(place: Place, i: number): Promise<string | undefined> {
  const file = join(place.dir, 'app.py');
  writeFileSync(file, `print(${i})\n`);
  const session = await openTestSession(place, { ...process.env, QUAYSIDE_STATE_LIMIT: `${megabytes}MB` });
  try {
    const app = session
      .base()
      .withExec(['sh', '-c', 'head -c 1000000 /dev/urandom > /dependencies'])
      .withFile('/app.py', session.client.host().file(file))
      .withExec(['sh', '-c', 'cp /app.py /built; head -c 100000 /dev/urandom > /cache']);
    const built = await app.file('/built').contents();
    return built === `print(${i})\n` ? undefined : `built ${built}`;
  } catch (error) {
    return (error as Error).message;
  } finally {
    await session.close();
  }
}

const held = async (state: string, ...flags: readonly string[]): Promise<number> =>
  Number((await execa('du', ['--summarize', ...flags, state])).stdout.split('\t')[0]);

export const edits: Part = async ({ dir, times = 300, say }) => {
  const own = join(dir, 'edits');
  mkdirSync(own);
  const { layers } = await busyboxStack(join(own, 'store'));
  const place: Place = { dir: own, state: join(own, 'state'), busybox: layers[0]!, remove: async () => undefined };
  const count = counter(say);
  let [most, files] = [0, 0];
  for (let i = 0; i < times; i += 1) {
    const problem = await edit(place, i);
    const bytes = await held(place.state, '--block-size=1');
    most = Math.max(most, bytes);
    files = Math.max(files, await held(place.state, '--inodes'));
    const beyond = bytes > megabytes * 1e6 ? `${bytes} bytes are held` : undefined;
    count.note(`edit ${i}, ${(bytes / 1e6).toFixed(1)} MB`, problem ?? beyond);
  }
  const note = `right, and within a limit of ${megabytes} MB: at most ${(most / 1e6).toFixed(1)} MB and ${files} files were held`;
  return [count.row('edits', note)];
};
