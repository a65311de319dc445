/** Apps that do without their database server: `.env` names SQLite, or a server elsewhere. */
import { isApp } from '../plan/look-up.js';
import type { Plan, Variable } from '../plan/types.js';
import { variablePrefix } from './secrets.js';

/** The variables that choose between a service and SQLite, where the code does so. */
export function sqliteVariables({ variables }: Pick<Plan, 'variables'>): readonly Variable[] {
  return variables.filter(
    ({ service, default: given }) => service !== undefined && /^sqlite|\.backends\.sqlite/.test(given ?? ''),
  );
}

/**
 * The variable of `.env` with which a database server is not started: the one with its address where that is one variable, else one of its
 * own where the code can use SQLite. Undefined: it is always started.
 */
export function variableWithout(plan: Plan, id: string): string | undefined {
  const service = plan.services.find(service => service.id === id);
  if (service?.password === undefined || service.data === undefined) return undefined;
  const given = plan.processes.filter(isApp).flatMap(({ needs }) => needs.filter(({ to }) => to === id));
  const names = new Set(given.flatMap(({ env }) => Object.keys(env)));
  const [only] = given.flatMap(({ env }) => Object.entries(env));
  const [first] = only?.[1] ?? [];
  if (only && names.size === 1 && first?.kind === 'text' && first.text.includes('://')) return only[0];
  const isChoice = sqliteVariables(plan).some(variable => variable.service === id);
  return isChoice ? `WITHOUT_${variablePrefix(id)}` : undefined;
}

/** Whether what `.env` says in place of a service may be SQLite: its address is that of a database of SQL, or the code chooses between the two. */
export function mayBeSqlite(plan: Plan, id: string): boolean {
  const given = plan.processes.filter(isApp).flatMap(({ needs }) => needs.filter(({ to }) => to === id));
  const texts = given.flatMap(({ env }) =>
    Object.values(env).flatMap(([first]) => (first?.kind === 'text' ? [first.text] : [])),
  );
  return (
    texts.some(text => /^(postgres|postgis|psql|mysql|mariadb)[\w+]*:\/\//.test(text)) ||
    sqliteVariables(plan).some(({ service }) => service === id)
  );
}
