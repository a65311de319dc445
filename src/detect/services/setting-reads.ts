/** Settings of frameworks and libraries that name a service: a variable whose value goes there may have any name. */
import { RUN_SERVICES, type ServiceKind } from '../../support/run-services.js';
import type { AddressPart, ServiceSetting } from '../../support/services/definition.js';
import type { EnvRead } from '../code/env-read.js';
import type { PythonModule } from '../code/module.js';
import type { PythonToken } from '../code/tokens.js';

/** A variable as one service sees it; `holds`: what a setting in the code says that it holds, whatever its name says. */
export interface ServiceRead extends EnvRead {
  readonly holds?: AddressPart;
}

/** The variables that may hold an address of a service: without those that a setting says are another's. */
export type ReadsOf = (kind: ServiceKind) => readonly ServiceRead[];

/** Sorts the reads by what settings say of them. */
export function readsByService(modules: readonly PythonModule[], reads: readonly EnvRead[]): ReadsOf {
  const own = modules.filter(({ isTest }) => !isTest);
  const claims = new Map<string, { readonly kind: ServiceKind; readonly holds: AddressPart }>();
  for (const [kind, { settings = [] }] of RUN_SERVICES) {
    for (const setting of settings) {
      for (const name of variablesIn(setting, own, reads)) claims.set(name, { kind, holds: setting.holds });
    }
  }
  return kind =>
    reads.flatMap(read => {
      const claim = claims.get(read.name);
      if (claim === undefined) return [read];
      return claim.kind === kind ? [{ ...read, holds: claim.holds }] : [];
    });
}

function variablesIn(
  setting: ServiceSetting,
  modules: readonly PythonModule[],
  reads: readonly EnvRead[],
): readonly string[] {
  return modules.flatMap(module => {
    const names = new Set(reads.filter(({ path }) => path === module.path).map(({ name }) => name));
    if (names.size === 0) return [];
    const read = (tokens: readonly PythonToken[]) =>
      tokens.filter(({ kind, text }) => kind === 'string' && names.has(text)).map(({ text }) => text);
    return valuesOf(setting, module).flatMap(value => {
      // By way of a name of the module: `SERVERS = os.environ["CACHE_NODES"]`.
      const named = value.flatMap(({ kind, text }) => (kind === 'name' ? assignedTo(text, module) : []));
      return [...read(value), ...read(named)];
    });
  });
}

function assignedTo(name: string, { statements }: PythonModule): readonly PythonToken[] {
  return statements.find(({ tokens: [target, equals] }) => target?.text === name && equals?.text === '=')?.tokens ?? [];
}

/** The expressions that a setting is given: `"KEY": value`, `KEY = value`, `config["KEY"] = value`, `KEY=value`. */
function valuesOf({ key, beside }: ServiceSetting, { statements }: PythonModule): readonly (readonly PythonToken[])[] {
  return statements.flatMap(({ tokens }) =>
    tokens.flatMap(({ kind, text }, at) => {
      if (text !== key || (kind !== 'string' && kind !== 'name')) return [];
      const after = tokens[at + 1]?.text === ']' ? at + 2 : at + 1;
      if (!/^[:=]$/.test(tokens[after]?.text ?? '')) return [];
      const isMeant =
        beside === undefined || siblings(tokens, at).some(item => item.kind === 'string' && beside.test(item.text));
      return isMeant ? [valueFrom(tokens, after + 1)] : [];
    }),
  );
}

/** The tokens within the brackets around one, without those of brackets inside. */
function siblings(tokens: readonly PythonToken[], at: number): readonly PythonToken[] {
  const before: PythonToken[] = [];
  for (let index = at - 1, depth = 0; index >= 0 && depth >= 0; index--) {
    const token = tokens[index]!;
    depth += step(token) * -1;
    if (depth === 0) before.push(token);
  }
  const after: PythonToken[] = [];
  for (let index = at + 1, depth = 0; index < tokens.length && depth >= 0; index++) {
    const token = tokens[index]!;
    depth += step(token);
    if (depth === 0) after.push(token);
  }
  return [...before, ...after];
}

function valueFrom(tokens: readonly PythonToken[], start: number): readonly PythonToken[] {
  let depth = 0;
  const rest = tokens.slice(start);
  const end = rest.findIndex(token => {
    depth += step(token);
    return depth < 0 || (depth === 0 && token.kind === 'op' && token.text === ',');
  });
  return end < 0 ? rest : rest.slice(0, end);
}

/** What a token does to the depth of brackets. */
function step({ kind, text }: PythonToken): number {
  if (kind !== 'op') return 0;
  return /^[([{]$/.test(text) ? 1 : /^[)\]}]$/.test(text) ? -1 : 0;
}
