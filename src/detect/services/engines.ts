/** SQLAlchemy's engines: whether the app waits for its database or goes on meanwhile, which takes different drivers. */

import type { Sourced } from '../../source/sourced.js';
import { callsIn, qualify } from '../code/module.js';
import type { Project } from '../project.js';

const MAKERS: Readonly<Record<string, 'sync' | 'async'>> = {
  'sqlalchemy.create_engine': 'sync',
  'sqlmodel.create_engine': 'sync',
  'sqlalchemy.ext.asyncio.create_async_engine': 'async',
  'sqlalchemy.ext.asyncio.engine.create_async_engine': 'async',
};

/** Migrations have an engine of their own, and bend the address to it. */
const AROUND = /(^|\/)(migrations|alembic|scripts)\//;

/** Finds the one kind of engine that the app makes; undefined when it makes none, or both. */
export function engineOf({ modules }: Project): Sourced<'sync' | 'async'> | undefined {
  const made = modules
    .filter(({ isTest, path }) => !isTest && !AROUND.test(path))
    .flatMap(module =>
      module.statements.flatMap(({ tokens }) =>
        callsIn(tokens).flatMap(({ callee, line }) => {
          const value = MAKERS[qualify(module, callee)];
          return value ? [{ value, place: { file: module.path, line } }] : [];
        }),
      ),
    );
  return made.every(({ value }) => value === made[0]?.value) ? made[0] : undefined;
}
