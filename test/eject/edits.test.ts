/** Development of the examples without a build of a frontend, on a real Docker Engine: edits of Python, of a template and of a static file are served at once. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type EjectedApp, ejectedExample, imagesOf } from '../support/ejected-app.js';
import { useDocker } from '../support/use-docker.js';

/** How long an edit may take until it is served: more by QUAYSIDE_EDIT_SECONDS, where the machine is shared. */
const SECONDS = Number(process.env.QUAYSIDE_EDIT_SECONDS ?? 3);

const docker = useDocker();

/** An edit: the file, what becomes of its text, and where that is seen. */
interface Edit {
  readonly what: string;
  readonly file: string;
  readonly edit: (text: string) => string;
  readonly path: string;
  /** What is seen there then, and was not before. */
  readonly shows: string;
}

const STYLE = (text: string) => `${text}\n/* edited here */\n`;

const EDITS: Readonly<Record<string, readonly Edit[]>> = {
  'flask-gallery': [
    {
      what: 'a template',
      file: 'gallery/templates/base.html',
      edit: text => text.replace('<body', '<body data-edited="template"'),
      path: '/',
      shows: 'data-edited="template"',
    },
    {
      what: 'a static file',
      file: 'gallery/static/style.css',
      edit: STYLE,
      path: '/static/style.css',
      shows: 'edited here',
    },
    {
      what: 'a module',
      file: 'gallery/__init__.py',
      edit: text =>
        text.replace(
          '    return app',
          '    app.add_url_rule("/edited", "edited", lambda: "edited here")\n    return app',
        ),
      path: '/edited',
      shows: 'edited here',
    },
  ],
  'fastapi-media': [
    {
      what: 'a static file',
      file: 'backend/static/style.css',
      edit: STYLE,
      path: '/static/style.css',
      shows: 'edited here',
    },
    {
      what: 'a page',
      file: 'backend/static/index.html',
      edit: text => text.replace(/<title>[^<]*/, '<title>edited here'),
      path: '/',
      shows: '<title>edited here',
    },
    {
      what: 'a module',
      file: 'backend/main.py',
      edit: text =>
        `${text}\nfrom fastapi import Response\nfrom fastapi.routing import APIRoute\n\napp.router.routes.insert(0, APIRoute("/edited", lambda: Response("edited here")))\n`,
      path: '/edited',
      shows: 'edited here',
    },
  ],
};

describe.each(Object.entries(EDITS))('%s', (name, edits) => {
  let app: EjectedApp;
  const compose = (...words: readonly string[]) => docker().inside('docker', ['compose', ...words], { cwd: app.path });
  const get = async (path: string) =>
    (await docker().inside('curl', ['-sS', '--max-time', '5', `http://127.0.0.1:8000${path}`], { reject: false }))
      .stdout;

  beforeAll(async () => {
    app = await ejectedExample(name);
    await docker().provide(...imagesOf(app.plan).filter(image => !image.includes('nginx')));
    await docker().inside('make', ['setup', 'up'], { cwd: app.path });
  });
  afterAll(async () => {
    await docker().empty();
    app.remove();
  });

  test.each(edits)('$what that is edited is served without another start', async ({ file, edit, path, shows }) => {
    // Compose reads in .env which files it is for.
    const started = (await compose('ps', '--quiet', 'web')).stdout;
    expect(await get(path)).not.toContain(shows);
    const at = join(app.path, file);
    const text = readFileSync(at, 'utf8');
    writeFileSync(at, edit(text));
    expect(edit(text)).not.toBe(text);
    const end = Date.now() + SECONDS * 1000;
    let answer = '';
    while (!answer.includes(shows) && Date.now() < end) {
      await sleep(100);
      answer = await get(path);
    }
    expect(answer).toContain(shows);
    expect((await compose('ps', '--quiet', 'web')).stdout).toBe(started);
  });
});
