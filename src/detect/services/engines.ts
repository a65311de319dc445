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

const WRAPPERS = /^sqlalchemy\.ext\.asyncio(\.engine)?\.AsyncEngine$/;

/** Migrations have an engine of their own, and bend the address to it. */
const AROUND = /(^|\/)(migrations|alembic|scripts)\//;

/** Finds the one kind of engine that the app makes; undefined when it makes none, or both. */
export function engineOf({ modules }: Project): Sourced<'sync' | 'async'> | undefined {
  const made = modules
    .filter(({ isTest, path }) => !isTest && !AROUND.test(path))
    .flatMap(module =>
      module.statements.flatMap(({ tokens }) => {
        const calls = callsIn(tokens);
        const isWrapped = calls.some(({ callee }) => WRAPPERS.test(qualify(module, callee)));
        return calls.flatMap(({ callee, line }) => {
          const made = MAKERS[qualify(module, callee)];
          // `AsyncEngine(create_engine(url))`, as SQLModel has no maker of its own for it.
          const value = made === 'sync' && isWrapped ? 'async' : made;
          return value ? [{ value, place: { file: module.path, line } }] : [];
        });
      }),
    );
  return made.every(({ value }) => value === made[0]?.value) ? made[0] : undefined;
}
