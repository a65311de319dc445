/** What fields of pydantic's settings take, by their annotations: a kind, and a value that is valid for it. */
import { RUN_SERVICES } from '../../support/run-services.js';
import { kindByName, trialValue, type ValueKind } from '../../support/value-kinds.js';
import type { Wanted } from './env-read.js';
import { argumentsOf } from './module.js';
import type { PythonToken } from './tokens.js';

/** A field of a class of the app, as far as values are concerned. */
export interface TypedField {
  readonly name: string;
  readonly annotation: readonly PythonToken[];
  readonly hasDefault: boolean;
}

/** What a class of the app is to values: an enumeration by its first value, or a model by its fields. */
export type KnownClass =
  | { readonly kind: 'enum'; readonly value: string }
  | { readonly kind: 'model'; readonly fields: readonly TypedField[]; readonly classOf: FindClass };

/** Finds a class of the app by the name that an annotation has for it. */
export type FindClass = (written: string) => KnownClass | undefined;

const DEEPEST = 4;

/** Types of Python and pydantic: the kind, and a value where that of the kind is not valid for it. */
const TYPES: Readonly<Record<string, readonly [kind: ValueKind, value?: string]>> = {
  int: ['number'],
  conint: ['number'],
  PositiveInt: ['number'],
  NonNegativeInt: ['number'],
  float: ['number', '1'],
  PositiveFloat: ['number', '1'],
  Decimal: ['number', '1'],
  bool: ['flag'],
  StrictBool: ['flag'],
  SecretStr: ['secret'],
  SecretBytes: ['secret'],
  EmailStr: ['email'],
  NameEmail: ['email'],
  AnyUrl: ['URL'],
  AnyHttpUrl: ['URL'],
  HttpUrl: ['URL'],
  AnyWebsocketUrl: ['URL', 'ws://localhost'],
  WebsocketUrl: ['URL', 'ws://localhost'],
  Path: ['path'],
  DirectoryPath: ['path'],
  FilePath: ['path', '/etc/hostname'],
  UUID: ['text', '00000000-0000-4000-8000-000000000000'],
  UUID4: ['text', '00000000-0000-4000-8000-000000000000'],
  date: ['text', '2000-01-01'],
  datetime: ['text', '2000-01-01T00:00:00'],
  timedelta: ['number', '10'],
  ZoneInfo: ['text', 'UTC'],
  IPvAnyAddress: ['text', '127.0.0.1'],
  dict: ['JSON'],
  Dict: ['JSON'],
  Mapping: ['JSON'],
  Json: ['JSON'],
};

const LISTS = /^(list|List|set|Set|frozenset|FrozenSet|tuple|Tuple|Sequence|Iterable|Collection)$/;

/** What an annotation asks for. `find` knows the classes of the app. */
export function wantedByAnnotation(
  name: string,
  annotation: readonly PythonToken[],
  find: FindClass,
  depth = DEEPEST,
): Wanted {
  const type = settled(annotation);
  const head = headOf(type);
  const inside = type.findIndex(({ text }) => text === '[');
  const inner = inside < 0 ? [] : (argumentsOf(type, inside)[0]?.tokens ?? []);
  if (head === 'Literal') {
    const choices = argumentsOf(type, inside).flatMap(({ tokens }) => tokens[0]?.text ?? []);
    const [value] = choices;
    return value === undefined ? { kind: 'text' } : { kind: 'text', value, choices };
  }
  const known = Object.hasOwn(TYPES, head) ? TYPES[head] : undefined;
  if (known) return { kind: known[0], ...(known[1] === undefined ? {} : { value: known[1] }) };
  if (LISTS.test(head)) {
    const element = inner.length === 0 ? JSON.stringify('trial') : asJson(name, inner, find, depth - 1);
    return { kind: 'list', value: `[${element}]` };
  }
  const dsn = /^(\w+)Dsn$/.exec(head)?.[1]?.toLowerCase();
  if (dsn !== undefined) return { kind: 'URL', value: `${schemeOf(dsn)}://localhost/trial` };
  const own = find(typeName(type));
  if (own === undefined || depth === 0) return {};
  return own.kind === 'enum'
    ? { kind: 'text', value: own.value }
    : { kind: 'JSON', value: modelAsJson(own, depth - 1) };
}

/** Whether a field may be None, which the first pydantic takes for a default. */
export function isOptional(annotation: readonly PythonToken[]): boolean {
  return annotation.some(({ kind, text }) => kind === 'name' && (text === 'Optional' || text === 'None'));
}

/** An annotation without what only says more of it: Optional, Annotated, `| None`. */
function settled(annotation: readonly PythonToken[]): readonly PythonToken[] {
  const head = headOf(annotation);
  const open = annotation.findIndex(({ text }) => text === '[');
  if (/^(Optional|Annotated|Final|Union|SecretType)$/.test(head) && open >= 0) {
    const parts = argumentsOf(annotation, open).map(({ tokens }) => tokens);
    return settled(parts.find(part => part[0]?.text !== 'None') ?? []);
  }
  let depth = 0;
  const end = annotation.findIndex(({ text, kind }) => {
    if (kind === 'op' && /^[[(]$/.test(text)) depth++;
    else if (kind === 'op' && /^[\])]$/.test(text)) depth--;
    return depth === 0 && text === '|';
  });
  if (end < 0) return annotation;
  const first = annotation.slice(0, end);
  return headOf(first) === 'None' ? settled(annotation.slice(end + 1)) : first;
}

function typeName(type: readonly PythonToken[]): string {
  const end = type.findIndex(({ text }) => text === '[' || text === '(');
  return (end < 0 ? type : type.slice(0, end)).map(({ text }) => text).join('');
}

/** The last part of the name that a type begins with: `list` of `typing.list[int]`. */
function headOf(type: readonly PythonToken[]): string {
  return typeName(type).split('.').at(-1) ?? '';
}

function schemeOf(dsn: string): string {
  return RUN_SERVICES.find(([kind]) => kind.startsWith(dsn))?.[0] ?? dsn;
}

/** A value within JSON: numbers and flags stand for themselves. */
function asJson(name: string, annotation: readonly PythonToken[], find: FindClass, depth: number): string {
  const { kind = kindByName(name) ?? 'text', value } = wantedByAnnotation(name, annotation, find, depth);
  const text = value ?? (kind === 'secret' ? 'trial' : trialValue(name, kind));
  const isPlain = kind === 'number' || kind === 'flag' || kind === 'JSON' || (kind === 'list' && text.startsWith('['));
  return isPlain ? text : JSON.stringify(text);
}

function modelAsJson({ fields, classOf }: Extract<KnownClass, { kind: 'model' }>, depth: number): string {
  const needed = fields.filter(({ hasDefault }) => !hasDefault);
  const entries = needed.map(
    ({ name, annotation }) => `${JSON.stringify(name)}: ${asJson(name, annotation, classOf, depth)}`,
  );
  return `{${entries.join(', ')}}`;
}
