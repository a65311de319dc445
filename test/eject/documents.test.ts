/** Every command of the documents that an eject writes, run in the ejected app on a real Docker Engine, page by page as they stand there. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type EjectedApp, ejectedExample, imagesOf } from '../support/ejected-app.js';
import { useDocker } from '../support/use-docker.js';

/** What is not run, each with the reason. */
const NOT_RUN: Readonly<Record<string, string>> = {
  'git pull': 'the copy of the example has nowhere to pull from',
};

/** Nor what speaks to a cluster: there is none. The unit tests hold what it names to the manifests. */
const OF_A_CLUSTER = /^kubectl |^cp deploy\/kubernetes\//;
const isLeftOut = (command: string) => Object.hasOwn(NOT_RUN, command) || OF_A_CLUSTER.test(command);

/** Those that end when they are told to. */
const ENDLESS = /^make logs/;

/** The pages with commands, in an order in which each finds what it speaks of. */
const PAGES = ['README', 'production', 'maintenance', 'kubernetes', 'raspberry-pi', 'troubleshooting'];

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

beforeAll(async () => {
  app = await ejectedExample('django-board');
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

  test.each(PAGES.slice(1))('%s', async page => {
    for (const command of inBlocks(page)) if (!isLeftOut(command)) await run(command);
    for (const command of inText(page)) {
      // Of another page's block, or of one that says what it would do.
      const isShown = PAGES.some(other => inBlocks(other).includes(command));
      if (!isShown && !command.includes('…') && !done.has(command)) await run(command);
    }
    if (page === 'maintenance') expect(existsSync(join(app.path, 'before-upgrade/db_data.tar'))).toBe(true);
  });

  test('no command is left out, and no reason is for one that is not there', () => {
    const all = PAGES.flatMap(page => [...inBlocks(page), ...inText(page)]);
    expect(all.filter(command => !done.has(command) && !isLeftOut(command))).toEqual([]);
    expect(all.some(command => OF_A_CLUSTER.test(command))).toBe(true);
    expect(Object.keys(NOT_RUN).filter(command => !all.includes(command))).toEqual([]);
  });
});
