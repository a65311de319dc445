/** docker/main-block.py: what of a program is done before it would serve. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const PROGRAM = fileURLToPath(new URL('../../docker/main-block.py', import.meta.url));

const HEAD = `
class Server:
    def __enter__(self): print("in", __name__)
    def __exit__(self, *_): print("out")
    def run(self): print("SERVES")

app = Server()
print("imported")
`;

function printed(block: string): readonly string[] {
  const dir = mkdtempSync(join(tmpdir(), 'main-block-'));
  try {
    writeFileSync(join(dir, 'shop.py'), HEAD + block);
    const done = spawnSync('python3', [PROGRAM, 'shop'], { cwd: dir, encoding: 'utf8' });
    if (done.status !== 0) throw new Error(done.stderr);
    return done.stdout.trim().split('\n');
  } finally {
    rmSync(dir, { recursive: true });
  }
}

test.each<readonly [string, string, readonly string[]]>([
  [
    'what stands before the server, in the module as a server has it',
    'if __name__ == "__main__":\n    with app:\n        print("tables")\n    app.run()\n    print("behind")\n',
    ['in shop', 'tables', 'out'],
  ],
  [
    'what stands before it inside of something else',
    'if "__main__" == __name__:\n    with app:\n        print("tables")\n        app.run()\n        print("behind")\n    print("behind")\n',
    ['in shop', 'tables', 'out'],
  ],
  ['nothing, where it serves at once', 'if __name__ == "__main__":\n    app.run()\n', []],
  ['nothing, without such a block', 'print("more")\n', ['more']],
])('%s', (_, block, expected) => {
  expect(printed(block)).toEqual(['imported', ...expected]);
});
