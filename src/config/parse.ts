/** quayside.yaml's text -> checked configuration, or diagnostics with the line of each mistake. */
import { type Document, isMap, isNode, isScalar, LineCounter, type Node, type Pair, parseDocument, visit } from 'yaml';
import { z } from 'zod';
import { diagnose } from '../diagnostics/diagnose.js';
import type { Diagnostic, Place } from '../diagnostics/diagnostic.js';
import type { Written } from '../diagnostics/messages/config.js';
import { closest } from '../diagnostics/suggest.js';
import { type Config, configSchema } from './schema.js';

/** Configuration, or what is wrong with it: exactly one of the two is there. */
export interface ParsedConfig {
  readonly config?: Config;
  readonly diagnostics: readonly Diagnostic[];
}

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/**
 * Parses the text of a quayside.yaml; `file` is the name shown in messages. An empty file is an empty configuration.
 * Returns every mistake at once: unknown keys with the closest known one, wrong values with the key and its line.
 */
export function parseConfig(text: string, file = 'quayside.yaml'): ParsedConfig {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [error] = document.errors;
  if (error) {
    const { line } = lines.linePos(error.pos[0]);
    return { diagnostics: [diagnose('QS101', { file, line, said: firstSentence(error.message) }, { file, line })] };
  }
  keepTextAsWritten(document);
  const result = configSchema.safeParse(document.toJS() ?? {});
  if (result.success) return { config: result.data, diagnostics: [] };
  const locate = (path: Path): Place => ({ file, ...lineOf(document, lines, path), key: path.map(String).join('.') });
  const diagnostics = result.error.issues.flatMap(issue => explainIssue(issue, document, locate, file));
  return { diagnostics: diagnostics.sort((a, b) => (a.place?.line ?? 0) - (b.place?.line ?? 0)) };
}

/** Versions and variables are text to people: 3.10 must not become 3.1, nor yes become true. */
function keepTextAsWritten(document: Document.Parsed): void {
  visit(document, {
    Pair(_, pair, ancestors) {
      if (!isScalar(pair.key) || !isScalar(pair.value)) return;
      const key = String(pair.key.value);
      const parents = ancestors.filter(node => 'key' in node).map(node => String((node as { key: unknown }).key));
      const isText = key === 'version' || key === 'nodeVersion' || parents.at(-1) === 'env';
      const { value, source } = pair.value;
      if (isText && (typeof value === 'number' || typeof value === 'boolean') && source) pair.value.value = source;
    },
  });
}

function explainIssue(issue: Issue, document: Document, locate: (path: Path) => Place, file: string): Diagnostic[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map(key => unknownKey(key, issue.path, locate));
  }
  if (issue.code === 'invalid_union') {
    // An unknown key inside one arm of a union is said as such, not as "false or a mapping".
    const inner = issue.errors.flat().filter(sub => sub.code === 'unrecognized_keys' || sub.path.length > 0);
    const shown = inner.map(sub => ({ ...sub, path: [...issue.path, ...sub.path] }) as Issue);
    if (shown.length > 0) return shown.flatMap(sub => explainIssue(sub, document, locate, file));
  }
  const written = writtenValue(document.getIn(issue.path as unknown[]));
  if (issue.path.length === 0) {
    return [diagnose('QS103', { kind: 'file', file, written, expected: issue.message }, { file })];
  }
  const key = issue.path.map(String).join('.');
  const place = locate(issue.path);
  if (issue.code !== 'invalid_key') {
    return [diagnose('QS103', { kind: 'value', key, written, expected: issue.message }, place)];
  }
  // A record's bad key says it through its own issue.
  const expected = issue.issues[0]?.message ?? issue.message;
  return [diagnose('QS103', { kind: 'key', key, expected }, place)];
}

function unknownKey(key: string, parent: Path, locate: (path: Path) => Place): Diagnostic {
  const known = knownKeys(parent);
  const path = [...parent, key];
  const data = {
    key: path.map(String).join('.'),
    near: closest(key, known),
    known: known.filter(name => !isOff(parent, name)),
  };
  return diagnose('QS102', data, locate(path));
}

/** Keys of the mapping at a path, read off the schema itself. */
function knownKeys(path: Path): string[] {
  return Object.keys(shapeAt(path));
}

/** Whether a key can only say no: what it names is not there to be used. */
function isOff(parent: Path, name: string): boolean {
  const value = shapeAt(parent)[name];
  return value instanceof z.ZodOptional && value.unwrap() instanceof z.ZodLiteral;
}

function shapeAt(path: Path): Readonly<Record<string, unknown>> {
  let schema: unknown = configSchema;
  for (const part of path) schema = objectOf(schema)?.shape[String(part)];
  return objectOf(schema)?.shape ?? {};
}

function objectOf(schema: unknown): z.ZodObject | undefined {
  if (schema instanceof z.ZodObject) return schema;
  if (schema instanceof z.ZodOptional) return objectOf(schema.unwrap());
  if (schema instanceof z.ZodUnion) return schema.options.map(objectOf).find(option => option !== undefined);
  return undefined;
}

function lineOf(document: Document, lines: LineCounter, path: Path): { line?: number } {
  let node: Node | null | undefined = document.contents as Node | null;
  let at: number | undefined;
  for (const part of path) {
    if (isMap(node)) {
      const pair: Pair | undefined = node.items.find(
        item => isScalar(item.key) && String(item.key.value) === String(part),
      );
      if (!pair) break;
      at = (pair.key as Node).range?.[0] ?? at;
      node = isNode(pair.value) ? pair.value : undefined;
    } else {
      const child = document.getIn(path.slice(0, path.indexOf(part) + 1) as unknown[], true);
      node = isNode(child) ? child : undefined;
      at = node?.range?.[0] ?? at;
    }
  }
  return at === undefined ? {} : { line: lines.linePos(at).line };
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
