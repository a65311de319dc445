/** What makes an app when it is called: classes and functions of frameworks, and what the code makes of them. */
import type { Protocol } from '../../support/app-object.js';
import type { Framework } from '../../support/frameworks/index.js';
import { frameworkOf, WEB_FRAMEWORKS } from '../../support/web-frameworks.js';
import { lastOf, mentionOf } from '../code/mentions.js';
import { argumentsOf, callsIn, type PythonModule, qualify, type ScopedStatement } from '../code/module.js';
import { canonicalName } from '../code/names.js';
import type { PythonToken } from '../code/tokens.js';

/** Something that makes an app when called. */
export interface Maker {
  readonly framework: Framework;
  readonly protocol: Protocol;
  /** Identity of what it makes; undefined for a framework's class, which makes a new app at each call. */
  readonly app?: string;
}

/** The code that apps are looked for in, with what is known of it so far. */
export interface AppCode {
  readonly modules: readonly PythonModule[];
  /** What makes apps, by its dotted name. */
  readonly makers: Map<string, Maker>;
  /** Objects that are apps, by their dotted names. */
  readonly objects: ReadonlyMap<string, Maker>;
}

/** The classes and functions of frameworks, and the classes that the code makes of them. */
export function frameworkMakers(modules: readonly PythonModule[]): Map<string, Maker> {
  const makers = new Map<string, Maker>(
    WEB_FRAMEWORKS.flatMap(([framework, { makers: own }]) =>
      Object.entries(own).map(([name, protocol]) => [name, { framework, protocol }] as const),
    ),
  );
  let isNamed = mentionOf([...makers.keys()].map(lastOf));
  for (const module of modules) {
    const known = makers.size;
    if (isNamed(module.text)) addSubclasses(module, makers);
    if (makers.size > known) isNamed = mentionOf([...makers.keys()].map(lastOf));
  }
  return makers;
}

function addSubclasses(module: PythonModule, makers: Map<string, Maker>): void {
  for (const { tokens, scope } of module.statements) {
    if (tokens[0]?.text !== 'class' || scope.length > 0 || tokens[2]?.text !== '(') continue;
    for (const base of argumentsOf(tokens, 2)) {
      const kind = makers.get(qualify(module, base.tokens.map(token => token.text).join('')));
      if (kind) makers.set(qualify(module, tokens[1]!.text), kind);
    }
  }
}

/** The maker that an expression calls, when it is one call from its start on, or that of the app inside of another one: `made.app`. */
export function makerOf(
  module: PythonModule,
  value: readonly PythonToken[],
  code: AppCode,
  locals?: ReadonlyMap<string, Maker>,
): Maker | undefined {
  const inner = innerMaker(module, value, code, locals);
  if (inner) return inner;
  const [call] = callsIn(value);
  if (!call || value.slice(0, call.open).some(token => token.kind === 'op' && token.text !== '.')) return undefined;
  return makerNamed(module, call.callee, code);
}

function innerMaker(
  module: PythonModule,
  [name, dot, attribute, ...others]: readonly PythonToken[],
  { objects, modules }: AppCode,
  locals: ReadonlyMap<string, Maker> | undefined,
): Maker | undefined {
  if (name?.kind !== 'name' || dot?.text !== '.' || others.length > 0) return undefined;
  const owner = locals?.get(name.text) ?? objects.get(canonicalName(qualify(module, name.text), modules));
  const inner = owner && frameworkOf(owner.framework).inner;
  const framework = WEB_FRAMEWORKS.find(([kind]) => kind === inner?.framework)?.[0];
  return inner && framework && inner.attribute === attribute?.text
    ? { framework, protocol: inner.protocol }
    : undefined;
}

/** The maker that a name in a module stands for. */
export function makerNamed(module: PythonModule, name: string, { makers, modules }: AppCode): Maker | undefined {
  const own = makers.get(canonicalName(qualify(module, name), modules));
  if (own || module.imports.has(name)) return own;
  // `from fasthtml.common import *`, of which only the package knows the names.
  return module.stars.map(star => makers.get(`${star}.${name}`)).find(Boolean);
}

/** What makes the app that a function's body returns: a call, the one its variable was assigned from, or an object's own. */
export function returnedMaker(
  module: PythonModule,
  body: readonly ScopedStatement[],
  code: AppCode,
): Maker | undefined {
  const locals = new Map<string, Maker>();
  for (const { tokens } of body) {
    const assigned = assignment(tokens);
    const maker = assigned && makerOf(module, assigned.value, code, locals);
    if (assigned && maker) locals.set(assigned.name, maker);
    if (tokens[0]?.text !== 'return') continue;
    const returned = tokens.slice(1);
    const [name] = returned.length === 1 ? returned.map(({ text }) => text) : [];
    const local =
      name === undefined
        ? makerOf(module, returned, code, locals)
        : (locals.get(name) ?? code.objects.get(canonicalName(qualify(module, name), code.modules)));
    if (local) return local;
  }
  return undefined;
}

/** `name = value`, `name: type = value`, `name = other = value` or `name, other = value`, of which the first name counts. */
export function assignment(
  tokens: readonly PythonToken[],
): { readonly name: string; readonly value: readonly PythonToken[] } | undefined {
  if (tokens[0]?.kind !== 'name') return undefined;
  let at = tokens.findIndex(token => token.kind === 'op' && token.text === '=');
  const isTuple =
    at > 1 && tokens.slice(0, at).every(({ kind, text }, index) => (index % 2 === 0 ? kind === 'name' : text === ','));
  if (at < 1 || (at > 1 && tokens[1]?.text !== ':' && !isTuple)) return undefined;
  while (tokens[at + 1]?.kind === 'name' && tokens[at + 2]?.text === '=') at += 2;
  return { name: tokens[0].text, value: tokens.slice(at + 1) };
}
