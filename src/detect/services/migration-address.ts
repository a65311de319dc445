/** Where Alembic takes the database's address from, when its configuration has one written into it. */
import { joinPath, resolvePath } from '../../source/paths.js';
import type { Sourced } from '../../source/sourced.js';
import { SERVICES } from '../../support/services/index.js';
import { callsIn, type PythonModule } from '../code/module.js';
import type { ServiceFacts } from '../facts.js';
import type { Project } from '../project.js';
import { schemeIn } from './url-scheme.js';

/** What in a script of Alembic's makes engines of the configuration as it is. */
const FROM_CONFIG = /^(async_)?engine_from_config$/;

/** What gives it another address. */
const ELSEWHERE = /(^|\.)(set_main_option|set_section_option|create_engine|create_async_engine|get_engine|get_url)$/;

/**
 * Finds the variable whose address is to stand in place of the written one: the database's, where the script that runs the migrations
 * takes what is written. Undefined where nothing is written, or the script finds the address by itself.
 */
export async function migrationAddress(
  { tree, modules }: Project,
  migrate: Sourced<readonly string[]> | undefined,
  services: readonly ServiceFacts[],
): Promise<Sourced<string> | undefined> {
  const words = migrate?.value ?? [];
  if (words[0] !== 'alembic') return undefined;
  const option = words.findIndex(word => word === '-c' || word === '--config');
  const file = option < 0 ? 'alembic.ini' : words[option + 1]!;
  const lines = ((await tree.read(file)) ?? '').split('\n');
  const line = lines.findIndex(text => /^sqlalchemy\.url\s*=/.test(text));
  const scheme = schemeIn(lines[line]?.split('=').slice(1).join('=').trim());
  const service = services.find(({ kind }) => scheme !== undefined && SERVICES[kind].schemes.test(scheme));
  const variable = service?.addresses?.[0]?.variable.value;
  if (variable === undefined || !isTaken(modules, scriptOf(file, lines))) return undefined;
  return { value: variable, place: { file, line: line + 1 }, why: 'in place of the address that is written there' };
}

/** The script that runs migrations: where the configuration says that they lie. */
function scriptOf(file: string, lines: readonly string[]): string {
  const directory = file.split('/').slice(0, -1).join('/');
  const [, location = 'alembic'] = lines.map(text => /^script_location\s*=\s*(\S+)/.exec(text)).find(Boolean) ?? [];
  const beside = /^%\(here\)s\/?(.*)$/.exec(location)?.[1];
  return joinPath(beside === undefined ? resolvePath('', location) : resolvePath(directory, beside), 'env.py');
}

function isTaken(modules: readonly PythonModule[], script: string): boolean {
  const statements = modules.find(({ path }) => path === script)?.statements ?? [];
  const calls = statements.flatMap(({ tokens }) => callsIn(tokens).map(({ callee }) => callee));
  const isSet = statements.some(
    ({ tokens }) =>
      tokens.some(({ kind, text }) => kind === 'string' && text === 'sqlalchemy.url') &&
      !callsIn(tokens).some(({ callee }) => /(^|\.)get_main_option$/.test(callee)),
  );
  const isMade = calls.some(callee => FROM_CONFIG.test(callee.split('.').at(-1)!));
  return isMade && !isSet && !calls.some(callee => ELSEWHERE.test(callee));
}
