/** Alembic with an address written into its configuration: whose address it takes. */
import { expect, it } from 'vitest';
import { makePlan } from '../../../src/planner/make-plan.js';
import { detectFiles, FASTAPI, type Files, withFiles } from './apps.js';

const INI = '[alembic]\nscript_location = migrations\nsqlalchemy.url = postgresql+asyncpg://shop:shop@db:5432/shop\n';
const CONTEXT = 'from alembic import context\nfrom sqlalchemy import engine_from_config\n\nconfig = context.config\n';
const TAKES = `${CONTEXT}engine = engine_from_config(config.get_section(config.config_ini_section), prefix="sqlalchemy.")\n`;

const shop = (files: Files) =>
  withFiles(FASTAPI, {
    'requirements.txt': 'fastapi==0.121.0\nuvicorn==0.38.0\nalembic==1.17.0\nasyncpg==0.30.0\nsqlalchemy==2.0.44\n',
    'database.py':
      'import os\n\nfrom sqlalchemy.ext.asyncio import create_async_engine\n\nengine = create_async_engine(os.environ["DATABASE_URL"])\n',
    'main.py': 'from fastapi import FastAPI\n\nfrom database import engine\n\napp = FastAPI()\n',
    'alembic.ini': INI,
    'migrations/env.py': TAKES,
    ...files,
  });

it.each<readonly [string, Files, string | undefined]>([
  ['a script that takes what is written', shop({}), 'alembic.ini:3 DATABASE_URL'],
  [
    'one that reads it for a migration without a database',
    shop({ 'migrations/env.py': `${TAKES}url = config.get_main_option("sqlalchemy.url")\n` }),
    'alembic.ini:3 DATABASE_URL',
  ],
  [
    'one beside its configuration',
    shop({
      'alembic.ini': '',
      'db/alembic.ini': INI.replace('= migrations', '= %(here)s/scripts'),
      'db/scripts/env.py': TAKES,
    }),
    undefined,
  ],
  [
    'one that sets the address',
    shop({ 'migrations/env.py': `${CONTEXT}config.set_main_option("sqlalchemy.url", "x")\n${TAKES}` }),
    undefined,
  ],
  [
    'one that puts the address into the section',
    shop({ 'migrations/env.py': `${TAKES}section = {}\nsection["sqlalchemy.url"] = "x"\n` }),
    undefined,
  ],
  [
    'one with an engine of its own',
    shop({ 'migrations/env.py': `${CONTEXT}from sqlalchemy import create_engine\n\nengine = create_engine("x")\n` }),
    undefined,
  ],
  [
    'an address that nobody has filled in',
    shop({ 'alembic.ini': INI.replace(/url = .*/, 'url = driver://user:pass@localhost/dbname') }),
    undefined,
  ],
  ['an address of a file', shop({ 'alembic.ini': INI.replace(/url = .*/, 'url = sqlite:///shop.db') }), undefined],
])('%s', async (_, files, expected) => {
  const { facts, diagnostics } = await detectFiles(files);
  expect(diagnostics).toEqual([]);
  const found = facts!.migrationAddress;
  expect(found && `${found.place.file}:${found.place.line} ${found.value}`).toBe(expected);
});

it('is what images migrate with, and they have the program for it', async () => {
  const { facts } = await detectFiles(shop({}));
  const plan = makePlan(facts!, {});
  const program = plan.files['alembic-address.py']!;
  expect(plan.migration?.command).toEqual(['python', program.path, 'DATABASE_URL', 'upgrade', 'head']);
});
