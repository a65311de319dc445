/** Every command of the documents that an eject writes, run in the ejected app on a real Docker Engine, page by page as they stand there. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type EjectedApp, ejectedExample, imagesOf } from '../support/ejected-app.js';
import { useDocker } from '../support/use-docker.js';

/** What is not run, each with the reason. */
const NOT_RUN: Readonly<Record<string, string>> = {
  'git pull': 'the copy of the example has nowhere to pull from',
};

/** Those that end when they are told to. */
const ENDLESS = /^make logs/;

/** The pages with commands, in an order in which each finds what it speaks of. */
const PAGES = ['README', 'sqlite-to-server', 'production', 'maintenance', 'raspberry-pi', 'troubleshooting'];

const docker = useDocker();
let app: EjectedApp;
const DOCS = 'deploy/docs';
const textOf = (page: string) => readFileSync(join(app.path, DOCS, `${page}.md`), 'utf8');
const inBlocks = (page: string) =>
  [...textOf(page).matchAll(/^```sh\n([\s\S]*?)^```$/gm)].flatMap(([, block]) => block!.trim().split('\n'));
const inText = (page: string) =>
  [...textOf(page).matchAll(/`((?:make|docker compose|git) [a-z][^`]*)`/g)].map(([, command]) => command!);

const done = new Set<string>();
async function run(command: string): Promise<string> {
  done.add(command);
  const words = ENDLESS.test(command) ? `timeout 5 ${command} || test $? = 124` : command;
  return (await docker().inside('sh', ['-c', words], { cwd: app.path })).stdout;
}
const manage = (code: string) =>
  docker().inside('sh', ['-c', `docker compose exec -T web python manage.py shell -c '${code}'`], { cwd: app.path });

beforeAll(async () => {
  // SQLite where nothing says another database, so that there is a page on how to leave it.
  app = await ejectedExample('django-board', path => {
    const file = join(path, 'config/settings.py');
    const text = readFileSync(file, 'utf8');
    const changed = text.replace('postgresql://localhost/board', 'sqlite:///board.sqlite3');
    expect(changed).not.toBe(text);
    writeFileSync(file, changed);
  });
  await docker().provide(...imagesOf(app.plan));
});
afterAll(async () => {
  await docker().empty();
  app.remove();
});

describe('documents of django-board', () => {
  test('the pages are all of those with commands', () => {
    const pages = readdirSync(join(app.path, DOCS)).map(name => name.replace(/\.md$/, ''));
    expect(pages.filter(page => !PAGES.includes(page) && inBlocks(page).length > 0)).toEqual([]);
    expect(PAGES.filter(page => !pages.includes(page))).toEqual([]);
  });

  test('quick start', async () => {
    for (const command of inBlocks('README')) await run(command);
  });

  test('from SQLite to a server, with what was in it', async () => {
    const [dump, load, ...others] = inBlocks('sqlite-to-server');
    expect(others).toEqual([]);
    const env = join(app.path, '.env');
    const before = readFileSync(env, 'utf8');
    writeFileSync(env, `${before}${/```ini\n([\s\S]*?)```/.exec(textOf('sqlite-to-server'))![1]}`);
    await run('make up');
    const services = (await docker().inside('docker', ['compose', 'ps', '--services'], { cwd: app.path })).stdout;
    expect(services.split('\n')).toEqual(['web']);
    await manage('from django.contrib.auth.models import User; User.objects.create_user("carried")');
    await run(dump!);
    await run('make down');
    writeFileSync(env, before);
    await run('make up');
    await run(load!);
    const engine = 'from django.db import connection; print(connection.vendor)';
    const { stdout } = await manage(
      `${engine}; from django.contrib.auth.models import User; print(User.objects.get(username="carried").username)`,
    );
    expect(stdout.split('\n').slice(-2)).toEqual(['postgresql', 'carried']);
    await run('make down');
  });

  test.each(PAGES.slice(2))('%s', async page => {
    for (const command of inBlocks(page)) if (!Object.hasOwn(NOT_RUN, command)) await run(command);
    for (const command of inText(page)) {
      // Of another page's block, or of one that says what it would do.
      const isShown = PAGES.some(other => inBlocks(other).includes(command));
      if (!isShown && !command.includes('…') && !done.has(command)) await run(command);
    }
    if (page === 'maintenance') expect(existsSync(join(app.path, 'before-upgrade/db_data.tar'))).toBe(true);
  });

  test('no command is left out, and no reason is for one that is not there', () => {
    const all = PAGES.flatMap(page => [...inBlocks(page), ...inText(page)]);
    expect(all.filter(command => !done.has(command) && !Object.hasOwn(NOT_RUN, command))).toEqual([]);
    expect(Object.keys(NOT_RUN).filter(command => !all.includes(command))).toEqual([]);
  });
});
