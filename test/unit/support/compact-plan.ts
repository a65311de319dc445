/** Plans in a form that is read and compared as a whole: JSON with one thing a line, and files by what they are. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Plan, Stage, TemplatePart } from '../../../src/plan/types.js';
import { bring, filesOfStages } from '../../../src/planner/assets.js';

const ROOT = new URL('../../../', import.meta.url);

/** Those that are made of what is supported. */
const MADE = ['libraries.json'];

const WIDTH = 140;

/** Kinds of the parts of a template. */
const PARTS: readonly string[] = ['text', 'host', 'port', 'password'] satisfies TemplatePart['kind'][];

/** Words that are longer stand alone, one a line: commands, as opposed to names and patterns. */
const WORD = 40;

/** Files that Quayside brings to every app, by their text. */
const BROUGHT = new Map([
  ...['docker', 'compose'].flatMap(textsIn),
  ...MADE.map(name => [filesOfStages([stageWith(name)], {})[name]!.content, name] as const),
]);

function textsIn(folder: string): (readonly [string, string])[] {
  return readdirSync(new URL(folder, ROOT), { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name))
    .map(path => [readFileSync(path, 'utf8'), relative(fileURLToPath(ROOT), path)]);
}

function stageWith(file: string): Stage {
  return { id: 'any', base: { kind: 'image', reference: 'any' }, platform: 'target', steps: [bring(file)] };
}

/**
 * Writes a plan; what fits into a line stands in one, a template is one text, and of a file its path in this repository is said, or
 * a digest where it was made for the app. Keys are sorted, behind the one that says what an object is.
 */
export function compactPlan(plan: Plan): string {
  const files = Object.entries(plan.files).map(([name, { content, ...file }]) => [
    name,
    { ...file, content: BROUGHT.get(content) ?? digest(content) },
  ]);
  return `${lay({ ...plan, files: Object.fromEntries(files) }, '')}\n`;
}

function digest(content: string): string {
  return `sha256:${createHash('sha256').update(content).digest('hex').slice(0, 12)}`;
}

/** A template as one text, its parts in braces; undefined for what is none. */
function templateText(value: readonly unknown[]): string | undefined {
  const parts = value as readonly Partial<TemplatePart & { readonly text: string }>[];
  const isTemplate = value.length > 0 && parts.every(({ kind }) => kind !== undefined && PARTS.includes(kind));
  return isTemplate ? parts.map(({ kind, text }) => (kind === 'text' ? text : `{${kind}}`)).join('') : undefined;
}

function lay(value: unknown, indent: string): string {
  const line = inLine(value);
  if (indent.length + line.length <= WIDTH || typeof value !== 'object' || value === null) return line;
  const deeper = `${indent}  `;
  if (Array.isArray(value) && value.every(item => typeof item === 'string' && item.length < WORD))
    return `[\n${filled(value.map(inLine), deeper).join('\n')}\n${indent}]`;
  const inner = Array.isArray(value)
    ? value.map(item => lay(item, deeper))
    : entriesOf(value).map(([key, item]) => `${JSON.stringify(key)}: ${lay(item, deeper)}`);
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  return `${open}\n${inner.map(text => deeper + text).join(',\n')}\n${indent}${close}`;
}

/** Lines of several words each. */
function filled(words: readonly string[], indent: string): readonly string[] {
  const lines: string[] = [];
  for (const word of words) {
    const last = lines.at(-1);
    const joined = last === undefined ? undefined : `${last.slice(0, -1)}, ${word},`;
    if (joined !== undefined && joined.length <= WIDTH) lines[lines.length - 1] = joined;
    else lines.push(`${indent}${word},`);
  }
  return lines.map((line, at) => (at === lines.length - 1 ? line.slice(0, -1) : line));
}

function inLine(value: unknown): string {
  if (Array.isArray(value)) {
    const template = templateText(value);
    return template === undefined ? `[${value.map(inLine).join(', ')}]` : JSON.stringify(template);
  }
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = entriesOf(value).map(([key, item]) => `${JSON.stringify(key)}: ${inLine(item)}`);
  return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
}

function entriesOf(value: object): (readonly [string, unknown])[] {
  const rank = (key: string) => ['id', 'kind'].indexOf(key) >>> 0;
  return Object.entries(value)
    .filter(([, item]) => item !== undefined)
    .sort(([a], [b]) => rank(a) - rank(b) || (a < b ? -1 : 1));
}
