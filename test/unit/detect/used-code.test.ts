/** Which of the code is evidence: what the app's processes get to run, and not what people run by hand. */
import { describe, expect, it } from 'vitest';
import { DJANGO, detectFiles, FASTAPI, type Files, FLASK, withFiles } from './apps.js';

/** Wants a program, reads a secret, and names a directory. */
const EVIDENCE = [
  'import os',
  'import subprocess',
  '',
  'BUILT = "frontend/dist"',
  'KEY = os.environ["SIGNING_KEY"]',
  'subprocess.run(["git", "diff"])',
  '',
].join('\n');

async function places(files: Files): Promise<readonly string[]> {
  const { facts, diagnostics } = await detectFiles(files);
  expect(diagnostics).toEqual([]);
  const variables = (facts!.variables ?? []).flatMap(({ places }) => places.map(({ file }) => file));
  return [...new Set([...facts!.native.map(({ place }) => place.file), ...variables])].sort();
}

describe('evidence', () => {
  it.each<readonly [string, Files, string]>([
    ['scripts', FLASK, 'scripts/check.py'],
    ['tools with modules of their own', FLASK, 'tools/release/__init__.py'],
    ['a script inside the package', FLASK, 'shop/scripts/seed.py'],
    ['a directory that nothing leads to', FLASK, 'research/measure.py'],
    ["a tool's file at the top", FLASK, 'noxfile.py'],
    ['a package beside the project', DJANGO, 'importer/load.py'],
  ])('is not %s', async (_, app, path) => {
    expect(await places(withFiles(app, { [path]: EVIDENCE }))).not.toContain(path);
  });

  it('is no file at the top that is run by itself', async () => {
    expect(
      await places(withFiles(FLASK, { 'ship.py': `${EVIDENCE}if __name__ == "__main__":\n    main()\n` })),
    ).toEqual([]);
  });

  it.each<readonly [string, Files, string, Files]>([
    [
      'imported in a function',
      FLASK,
      'tools/images.py',
      { 'shop/views.py': 'def view():\n    from tools import images\n' },
    ],
    ['imported by its whole name', FLASK, 'tools/images.py', { 'shop/views.py': 'import tools.images\n' }],
    [
      'imported from the directory of imports',
      FASTAPI,
      'code/shop/db.py',
      { 'main.py': `from shop.db import x\n${FASTAPI['main.py']}` },
    ],
    ['imported by the name in a text', FLASK, 'plugins/one.py', { 'shop/views.py': 'import_module("plugins.one")\n' }],
    [
      'an app that Django is told of',
      DJANGO,
      'tools/models.py',
      { 'tools/__init__.py': '', 'site_/settings.py': 'SECRET_KEY = "x"\nINSTALLED_APPS = ["tools"]\n' },
    ],
    [
      "an app's commands",
      DJANGO,
      'shop/management/commands/load.py',
      { 'shop/__init__.py': '', 'site_/settings.py': 'SECRET_KEY = "x"\nINSTALLED_APPS = ["shop"]\n' },
    ],
    [
      'a process of the Procfile',
      FLASK,
      'scripts/work.py',
      { Procfile: 'web: gunicorn "shop:create_app()"\nworker: python scripts/work.py\n' },
    ],
    [
      'a process of compose',
      FLASK,
      'jobs/work.py',
      { 'compose.yaml': 'services:\n  web: { build: . }\n  work: { build: ., command: python -m jobs.work }\n' },
    ],
    [
      'what a script starts that the image starts',
      FLASK,
      'scripts/seed.py',
      {
        Dockerfile: 'FROM python:3.13\nCMD ["./scripts/start.sh"]\n',
        'scripts/start.sh': 'python scripts/seed.py\nexec gunicorn "shop:create_app()"\n',
      },
    ],
    [
      'a program of the project',
      FLASK,
      'cli/main.py',
      { 'pyproject.toml': '[project]\nname = "shop"\nversion = "1"\n[project.scripts]\nshop = "cli.main:run"\n' },
    ],
    [
      'settings that a variable names',
      FLASK,
      'settings/live.py',
      { '.env.example': 'APP_SETTINGS=settings.live.Config\n' },
    ],
    [
      'what the migrations take',
      FLASK,
      'schema/tables.py',
      { 'migrations/env.py': 'from schema import tables\n', 'alembic.ini': '' },
    ],
    ['a module of the same package', FLASK, 'shop/media.py', {}],
    ['settings at the top', FLASK, 'config.py', {}],
    ["a queue's tasks", FLASK, 'jobs/tasks.py', { 'jobs/queue.py': 'from huey import RedisHuey\n' }],
  ])('is %s', async (_, app, path, others) => {
    expect(await places(withFiles(app, { [path]: EVIDENCE, ...others }))).toContain(path);
  });

  it('of who serves a frontend is no script', async () => {
    const { diagnostics } = await detectFiles(
      withFiles(FASTAPI, {
        'frontend/package.json': JSON.stringify({ scripts: { build: 'vite build' }, devDependencies: { vite: '^6' } }),
        'frontend/package-lock.json': '{}',
        'scripts/check.py': EVIDENCE,
      }),
    );
    expect(diagnostics.map(({ code }) => code)).toEqual(['QS410']);
  });
});
