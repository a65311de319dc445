import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dag } from '@dagger.io/dagger';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { withClient } from '../../../cli/client.js';
import { save } from '../../../cli/results.js';
import { startSession } from '../../../engine/index.js';
import { type Finished, runQuayside } from './quayside-process.js';

let scratch: string;
let app: string;

beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'quayside-functions-'));
  app = join(scratch, 'app');
  mkdirSync(join(app, '.git'), { recursive: true });
  mkdirSync(join(app, 'hello'));
  writeFileSync(join(app, 'requirements.txt'), 'flask==3.1.0\ngunicorn==23.0.0\n');
  writeFileSync(join(app, 'hello/__init__.py'), 'from flask import Flask\n\napp = Flask(__name__)\n');
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const onLocalEngine = (args: readonly string[], cwd = scratch): Promise<Finished> =>
  runQuayside([...args, '--engine=local', '--progress=plain'], { cwd });

describe('functions of the module', () => {
  test('explain prints what it found to standard output', async () => {
    const { code, stdout, stderr } = await onLocalEngine(['explain', '--source=app']);
    expect(stderr).not.toMatch(/error/);
    expect(stdout).toMatch(/flask/i);
    expect(code).toBe(0);
  });

  test('explain --json prints one document, also of an app that has to be put right: that ends in 2', async () => {
    const understood = await onLocalEngine(['explain', '--json', '--source=app']);
    expect(understood.code).toBe(0);
    expect(JSON.parse(understood.stdout)).toMatchObject({ sections: [{ title: 'app' }, {}, {}], diagnostics: [] });
    const config = join(scratch, 'wrong.yaml');
    writeFileSync(config, 'pyton:\n  version: "3.11"\n');
    const refused = await onLocalEngine(['explain', '--json', '--source=app', `--config=${config}`]);
    expect(refused.stderr).not.toMatch(/error/);
    expect({ ...refused, stdout: JSON.parse(refused.stdout) }).toMatchObject({
      code: 2,
      stdout: {
        sections: [],
        diagnostics: [
          { code: 'QS102', place: { file: 'wrong.yaml', line: 1, key: 'pyton' }, data: { near: 'python' } },
        ],
      },
    });
  });

  test('without --source it works on the repository around the current directory', async () => {
    const named = await onLocalEngine(['plan', `--source=${app}`]);
    const around = await onLocalEngine(['plan'], join(app, 'hello'));
    expect(named.code).toBe(0);
    expect(JSON.parse(around.stdout)).toEqual(JSON.parse(named.stdout));
  });

  test('a mistake in the configuration ends in 2 and says where it is', async () => {
    const config = join(scratch, 'quayside.yaml');
    writeFileSync(config, 'pyton:\n  version: "3.11"\n');
    const { code, stdout, stderr } = await onLocalEngine(['plan', '--source=app', `--config=${config}`]);
    expect(stderr).toMatch(/QS102[\s\S]*pyton[\s\S]*python/);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });
});

describe('results that are files', () => {
  test('directories and files are written to this machine, and what lies there stays', async () => {
    const notices: string[] = [];
    const context = { cwd: scratch, notice: (text: string) => notices.push(text) };
    mkdirSync(join(scratch, 'out/deep'), { recursive: true });
    writeFileSync(join(scratch, 'out/deep/mine.txt'), 'mine');
    const session = await startSession({});
    try {
      await withClient(session, {}, async () => {
        const directory = dag.directory().withNewFile('deep/new.txt', 'new');
        await save(directory, 'out', context);
        await save(directory.file('deep/new.txt'), 'not/yet/there.txt', context);
      });
    } finally {
      await session.close();
    }
    expect(readFileSync(join(scratch, 'out/deep/new.txt'), 'utf8')).toBe('new');
    expect(readFileSync(join(scratch, 'out/deep/mine.txt'), 'utf8')).toBe('mine');
    expect(readFileSync(join(scratch, 'not/yet/there.txt'), 'utf8')).toBe('new');
    expect(notices).toEqual([`saved to ${join(scratch, 'out')}`, `saved to ${join(scratch, 'not/yet/there.txt')}`]);
  });
});
