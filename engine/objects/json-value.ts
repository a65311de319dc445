/** Values in JSON, read and written as a Dagger engine does it: keys in the order of their bytes, and nothing in them that HTML would take for its own. */

/** A value in JSON, as it was written. */
export interface JsonValue {
  readonly json: string;
}

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** @throws Error for what is no JSON */
function parse(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    throw new Error(`invalid JSON: ${(error as Error).message}`);
  }
}

const isObject = (value: Json): value is { readonly [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const quoted = (text: string): string =>
  JSON.stringify(text).replace(/[<>&\u2028\u2029]/g, char => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** Writes a value; with an indent each element has a line. */
function write(value: Json, indent?: string, around = ''): string {
  if (typeof value === 'string') return quoted(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const inner = around + (indent ?? '');
  const colon = indent === undefined ? ':' : ': ';
  const items = Array.isArray(value)
    ? value.map(item => write(item, indent, inner))
    : Object.entries(value)
        .sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
        .map(([key, item]) => `${quoted(key)}${colon}${write(item, indent, inner)}`);
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  if (items.length === 0) return open + close;
  return indent === undefined
    ? `${open}${items.join(',')}${close}`
    : `${open}\n${items.map(item => inner + item).join(',\n')}\n${around}${close}`;
}

const valueOfJson = (value: Json): JsonValue => ({ json: write(value) });

/** A text in JSON, as it is. @throws Error when it is none */
export function jsonOf(text: unknown): JsonValue {
  if (typeof text !== 'string') throw new Error('JSON is given as a text');
  parse(text);
  return { json: text };
}

/** A string, a whole number or a boolean in JSON. */
export const encode = (value: string | number | boolean): JsonValue => valueOfJson(value);

/** The text again, all of it on one line or indented. */
export function jsonText({ json }: JsonValue, pretty: boolean, indent: string): string {
  return pretty ? write(parse(json), indent) : json;
}

/** A whole number; nothing is none. @throws Error for another value */
export function asInteger({ json }: JsonValue): number {
  const text = json.trim();
  if (text !== 'null' && !/^-?\d+$/.test(text)) throw new Error(`${text.slice(0, 40)} is not an integer`);
  const value = Number(parse(text));
  if (!Number.isSafeInteger(value)) throw new Error(`${text} is too large`);
  return value;
}

/** A string; nothing is an empty one. @throws Error for another value */
export function asString({ json }: JsonValue): string {
  const value = parse(json) ?? '';
  if (typeof value !== 'string') throw new Error('value is not a string');
  return value;
}

/** A boolean. @throws Error for another value */
export function asBoolean({ json }: JsonValue): boolean {
  const value = parse(json);
  if (typeof value !== 'boolean') throw new Error('value is not a boolean');
  return value;
}

/** The elements of an array. @throws Error for another value */
export function asArray({ json }: JsonValue): readonly JsonValue[] {
  const value = parse(json);
  if (!Array.isArray(value)) throw new Error('value is not an array');
  return value.map(valueOfJson);
}

/** The names of an object's fields. @throws Error for another value */
export function fieldNames({ json }: JsonValue): readonly string[] {
  const value = parse(json);
  if (!isObject(value)) throw new Error('value is not an object');
  return Object.keys(value).sort();
}

/** What is at a path of fields. @throws Error where there is nothing */
export function fieldAt({ json }: JsonValue, path: readonly string[]): JsonValue {
  const found = path.reduce((value, name) => {
    if (!isObject(value)) throw new Error(`can't lookup field '${name}' in non-object value`);
    if (!Object.hasOwn(value, name)) throw new Error(`no such field: '${name}'`);
    return value[name]!;
  }, parse(json));
  return valueOfJson(found);
}

/** The object with what is at a path of fields set; what is no object on the way becomes one. */
function withAt(value: Json, [name, ...rest]: readonly string[], set: Json): Json {
  const fields = isObject(value) ? Object.entries(value) : [];
  if (name === undefined) return Object.fromEntries(fields);
  const inner = fields.find(([key]) => key === name)?.[1] ?? null;
  return Object.fromEntries([
    ...fields.filter(([key]) => key !== name),
    [name, rest.length === 0 ? set : withAt(inner, rest, set)],
  ]);
}

/** The value with another one at a path of fields. */
export function withFieldAt({ json }: JsonValue, path: readonly string[], set: JsonValue): JsonValue {
  return valueOfJson(withAt(parse(json), path, parse(set.json)));
}
