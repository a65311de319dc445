/** Directories that the app writes to. */
import { expect, it } from 'vitest';
import { detectFiles, type Files, FLASK, withFiles } from './apps.js';

const reads = (...lines: string[]): Files =>
  withFiles(FLASK, { 'shop/config.py': `import os\n\n${lines.join('\n')}\n` });

it.each<readonly [string, Files, readonly string[]]>([
  ['none', FLASK, []],
  ['a directory of uploads', reads('A = os.environ.get("UPLOAD_FOLDER", "./var/uploads/")'), ['var/uploads']],
  ['an absolute one', reads('A = os.environ.get("MEDIA_ROOT", "/srv/media")'), ['/srv/media']],
  ['the directory of a database', reads('A = os.getenv("DATABASE_URL", "sqlite:///db/shop.db")'), ['db']],
  ['an absolute database', reads('A = os.getenv("DATABASE_URL", "sqlite:////srv/db/shop.db")'), ['/srv/db']],
  ['what is writable anyway', reads('A = os.getenv("DATA_DIR", "/data")', 'B = os.getenv("MEDIA_DIR", "/tmp/m")'), []],
  ['a file beside the source', reads('A = os.getenv("DATABASE_URL", "sqlite:///shop.db")'), []],
  ['another variable', reads('A = os.getenv("TEMPLATE_DIR", "templates")'), []],
  [
    'a Dockerfile',
    withFiles(FLASK, { Dockerfile: 'FROM python\nVOLUME ["/app/input", "/srv/out"]\n' }),
    ['input', '/srv/out'],
  ],
  [
    'configured',
    withFiles(reads('A = os.environ.get("UPLOAD_FOLDER", "var/uploads")'), { 'quayside.yaml': 'volumes: [files]\n' }),
    ['files'],
  ],
])('%s', async (_, files, expected) => {
  const { facts, diagnostics } = await detectFiles(files);
  expect(diagnostics).toEqual([]);
  expect((facts!.volumes ?? []).map(({ value }) => value)).toEqual(expected);
});
