import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { withScratch } from '../../../src/publish/scratch.js';

const dir = mkdtempSync(join(tmpdir(), 'quayside-scratch-'));
afterAll(() => rmSync(dir, { recursive: true }));

/** A process that has a directory until something is written to it. */
async function holding(): Promise<ChildProcess> {
  const module = fileURLToPath(new URL('../../../src/publish/scratch.ts', import.meta.url));
  const code = `import { withScratch } from ${JSON.stringify(module)};
    await withScratch(async () => { console.log('ready'); await new Promise(done => process.stdin.once('data', done)); });
    process.exit();`;
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', code], {
    env: { ...process.env, TMPDIR: dir },
  });
  await once(child.stdout, 'data');
  return child;
}

/** Ends of the names of directories that are there, by the process that made them. */
const owners = () => readdirSync(dir).flatMap(name => /^quayside-images-.*-(\d+)-\w+$/.exec(name)?.[1] ?? []);

test('what a killed process left goes with the next, and what a running one has stays', async () => {
  const [killed, running] = [await holding(), await holding()];
  killed.kill('SIGKILL');
  await once(killed, 'close');
  expect(owners().sort()).toEqual([`${killed.pid}`, `${running.pid}`].sort());
  const next = await holding();
  expect(owners().sort()).toEqual([`${running.pid}`, `${next.pid}`].sort());
  for (const child of [next, running]) {
    child.stdin!.write('end');
    await once(child, 'close');
  }
  expect(owners()).toEqual([]);
}, 60_000);

test('what failed is said where something beside it writes on', async () => {
  let writing: NodeJS.Immediate | undefined;
  let left = '';
  const work = async (directory: string): Promise<never> => {
    left = directory;
    let count = 0;
    const write = () => {
      mkdirSync(directory, { recursive: true });
      writeFileSync(join(directory, `${count++}`), '');
      writing = setImmediate(write);
    };
    write();
    throw new Error('the app does not start');
  };
  try {
    await expect(withScratch(work)).rejects.toThrow('the app does not start');
  } finally {
    clearImmediate(writing);
    rmSync(left, { recursive: true, force: true });
  }
});
