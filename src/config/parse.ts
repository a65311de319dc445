/** quayside.yaml's text -> checked configuration, or diagnostics with the line of each mistake. */

import {
  type Document,
  isCollection,
  isMap,
  isNode,
  isPair,
  isScalar,
  LineCounter,
  type Pair,
  parseDocument,
  visit,
} from 'yaml';
import * as z from 'zod';
import { diagnose } from '../diagnostics/diagnose.js';
import type { Diagnostic } from '../diagnostics/diagnostic.js';
import type { Written } from '../diagnostics/messages/config.js';
import type { Place } from '../diagnostics/place.js';
import { closest } from '../diagnostics/suggest.js';
import { configPlace, type Origins } from '../source/config-place.js';
import { type Finding, failed, found } from '../source/finding.js';
import { growsWithoutEnd } from '../source/yaml-documents.js';
import { FOREIGN_SERVICES } from '../support/run-services.js';
import { type Config, configSchema } from './schema.js';
import { ownService } from './services.js';

/** A configuration, and where each of its keys is written. */
export interface ParsedConfig {
  readonly config: Config;
  readonly origins: Origins;
}

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/** A file that is YAML, with the places of its keys. */
interface ConfigFile {
  readonly document: Document;
  readonly origins: Origins;
}

/**
 * Parses the text of a quayside.yaml; `file` is the name shown in messages. An empty file is an empty configuration.
 * Returns every mistake at once: unknown keys with the closest known one, wrong values with the key and its line.
 */
export function parseConfig(text: string, file: string): Finding<ParsedConfig> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const lineAt = (offset: number) => lines.linePos(offset).line;
  const [error] = document.errors;
  if (error) {
    const line = lineAt(error.pos[0]);
    return failed(diagnose('QS101', { file, line, said: firstSentence(error.message) }, { file, line }));
  }
  if (growsWithoutEnd(document))
    return failed(
      diagnose('QS101', { file, line: 1, said: 'aliases stand for more than anybody reads' }, { file, line: 1 }),
    );
  keepTextAsWritten(document);
  const keys = placesIn(document.contents, '', offset => ({ file, line: lineAt(offset) }));
  const origins: Origins = { file, keys: new Map(keys) };
  const result = configSchema.safeParse(document.toJS() ?? {});
  if (result.success) return found({ config: result.data, origins });
  const diagnostics = result.error.issues.flatMap(issue => explainIssue(issue, { document, origins }));
  // Of a mapping that is none of those which may have any name, each key that it lacks says so.
  const said = diagnostics.map(({ code, place }) => (code === 'QS102' ? place?.key : undefined));
  const once = diagnostics.filter((_, at) => said[at] === undefined || said.indexOf(said[at]) === at);
  return failed(...once.sort((a, b) => (a.place?.line ?? 0) - (b.place?.line ?? 0)));
}

/** The places of the keys and list items of a value, and of those in it. */
function placesIn(value: unknown, path: string, at: (offset: number) => Place): (readonly [string, Place])[] {
  if (!isCollection(value)) return [];
  return value.items.flatMap((item, index) => {
    const [name, start, inner] = isPair(item) ? [keyOf(item), item.key, item.value] : [String(index), item, item];
    const inside = path === '' ? name : `${path}.${name}`;
    const own = isNode(start) && start.range ? [[inside, at(start.range[0])] as const] : [];
    return [...own, ...placesIn(inner, inside, at)];
  });
}

function keyOf({ key }: Pair): string {
  return String(isScalar(key) ? key.value : key);
}

/** Versions and variables are text to people: 3.10 must not become 3.1, nor yes become true. */
function keepTextAsWritten(document: Document.Parsed): void {
  visit(document, {
    Pair(_, pair, ancestors) {
      if (!isScalar(pair.key) || !isScalar(pair.value)) return;
      const key = String(pair.key.value);
      const parents = ancestors.filter(node => 'key' in node).map(node => String((node as { key: unknown }).key));
      const isOfEnv = parents.at(-1) === 'env' || (parents.at(-2) === 'env' && key === 'value');
      const isText = key === 'version' || key === 'nodeVersion' || isOfEnv;
      const { value, source } = pair.value;
      if (isText && (typeof value === 'number' || typeof value === 'boolean') && source) pair.value.value = source;
    },
  });
}

function explainIssue(issue: Issue, read: ConfigFile): Diagnostic[] {
  const { document, origins } = read;
  const misspelt = misspeltService(issue.path, document);
  if (misspelt !== undefined) return [unknownKey(misspelt, ['services'], origins)];
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map(key => unknownKey(key, issue.path, origins));
  }
  if (issue.code === 'invalid_union' && !lacksImage(issue.path, document)) {
    // An unknown key inside one arm of a union is said as such, not as "false or a mapping".
    const inner = issue.errors.flat().filter(sub => sub.code === 'unrecognized_keys' || sub.path.length > 0);
    const shown = inner.map(sub => ({ ...sub, path: [...issue.path, ...sub.path] }) as Issue);
    if (shown.length > 0) return shown.flatMap(sub => explainIssue(sub, read));
  }
  const written = writtenValue(document.getIn(issue.path as unknown[]));
  if (issue.path.length === 0) {
    const { file } = origins;
    return [diagnose('QS103', { kind: 'file', file, written, expected: issue.message }, { file })];
  }
  const key = dotted(issue.path);
  const place = configPlace(origins, key);
  if (issue.code === 'custom' && issue.params?.isKey === true)
    return [diagnose('QS103', { kind: 'key', key, expected: issue.message }, place)];
  if (issue.code !== 'invalid_key') {
    return [diagnose('QS103', { kind: 'value', key, written, expected: issue.message }, place)];
  }
  // A record's bad key says it through its own issue.
  const expected = issue.issues[0]?.message ?? issue.message;
  return [diagnose('QS103', { kind: 'key', key, expected }, place)];
}

/** Whether a service that has no image here is given options and no image. */
function lacksImage([first, name]: Path, document: Document): boolean {
  const isForeign = first === 'services' && FOREIGN_SERVICES.some(([service]) => service === name);
  return isForeign && !document.hasIn(['services', name, 'image']);
}

/** The name of a service that Quayside does not know and that is given no image: a known one was meant. */
function misspeltService([first, name]: Path, document: Document): string | undefined {
  if (first !== 'services' || name === undefined || knownKeys(['services']).includes(String(name))) return undefined;
  return document.hasIn(['services', name, 'image']) ? undefined : String(name);
}

function unknownKey(name: string, parent: Path, origins: Origins): Diagnostic {
  const known = knownKeys(parent);
  const key = dotted([...parent, name]);
  const data = {
    key,
    near: closest(name, known),
    known: known.filter(other => !isOff(parent, other)),
    ...(dotted(parent) === 'services'
      ? { otherwise: 'a name of your own for a mapping with image, port and variable' }
      : {}),
  };
  return diagnose('QS102', data, configPlace(origins, key));
}

function dotted(path: Path): string {
  return path.map(String).join('.');
}

/** Keys of the mapping at a path, read off the schema itself. */
function knownKeys(path: Path): string[] {
  return Object.keys(shapeAt(path));
}

/** Whether a key can only say no: what it names is not there to be used. */
function isOff(parent: Path, name: string): boolean {
  const value = shapeAt(parent)[name];
  const inner = value instanceof z.ZodOptional ? value.unwrap() : value;
  return inner instanceof z.ZodLiteral || (inner instanceof z.ZodUnion && inner.options.includes(ownService));
}

function shapeAt(path: Path): Readonly<Record<string, unknown>> {
  let schema: unknown = configSchema;
  for (const part of path) {
    const object = objectOf(schema);
    // A key that may have any name has a schema of its own, and so have the items of a list.
    schema = itemOf(schema) ?? recordOf(schema)?.valueType ?? object?.shape[String(part)] ?? object?.def.catchall;
  }
  return objectOf(schema)?.shape ?? {};
}

function itemOf(schema: unknown): unknown {
  if (schema instanceof z.ZodArray) return schema.element;
  return schema instanceof z.ZodOptional ? itemOf(schema.unwrap()) : undefined;
}

function recordOf(schema: unknown): z.ZodRecord | undefined {
  if (schema instanceof z.ZodRecord) return schema;
  return schema instanceof z.ZodOptional ? recordOf(schema.unwrap()) : undefined;
}

function objectOf(schema: unknown): z.ZodObject | undefined {
  if (schema instanceof z.ZodObject) return schema;
  if (schema instanceof z.ZodPipe) return objectOf(schema.in);
  if (schema instanceof z.ZodOptional) return objectOf(schema.unwrap());
  if (schema instanceof z.ZodUnion) return schema.options.map(objectOf).find(option => option !== undefined);
  return undefined;
}

function writtenValue(value: unknown): Written {
  if (value === undefined || value === null) return { type: 'nothing' };
  if (isNode(value)) return { type: isMap(value) ? 'mapping' : 'list' };
  if (typeof value === 'string') return { type: 'text', value };
  return { type: typeof value === 'number' ? 'number' : 'boolean', value: String(value) };
}

function firstSentence(message: string): string {
  return (message.split('\n')[0] ?? message).replace(/[.:]+$/, '');
}
