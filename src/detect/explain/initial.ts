/** A first quayside.yaml: what was found, as lines that say so again when their `#` is taken away, and what has to be answered. */
import { Document, isCollection, type Node } from 'yaml';
import { CONFIG_FILE } from '../../config/load.js';
import { parseConfig } from '../../config/parse.js';
import type { Diagnostic } from '../../diagnostics/diagnostic.js';
import { formatPlace } from '../../diagnostics/place.js';
import { inWords } from '../../diagnostics/words.js';
import type { ExplainedValue } from './rows.js';
import type { ExplainedSection } from './sections.js';

/** Stands before what was found; what stands before that is to be answered. */
export const FOUND = '# Found. Take away the # of a line, and of the key above it, to hold it fast or to change it.';

const HEAD = [
  '# How Quayside builds, tests and runs this app. Nothing here has to be said: what was found is found anew at each run.',
  '# All keys: docs/quayside.schema.json of Quayside. What holds: quayside explain',
];

/** The file for an app that was understood. It configures nothing. */
export function initialConfig(sections: readonly ExplainedSection[]): string {
  const values = sections.flatMap(({ rows }) =>
    rows.flatMap(({ name, more = [], ...first }) => [first, ...more].map(value => ({ name, ...value }))),
  );
  const needed = values.filter(isNeeded);
  const asked = needed.map(({ value, ...from }) => `#  ${value}: { value: "", only: trial } # ${originOf(from)}`);
  const questions = asked.length === 0 ? [] : ['', ...NEEDED, '#env:', ...asked];
  const found = values.filter(value => !isNeeded(value));
  const entries = found.flatMap(entryOf);
  const others = found.filter(value => entryOf(value).length === 0);
  const remarks = others.map(({ name, value, key, ...from }) => `# ${name}: ${value}${bracketed(originOf(from), key)}`);
  const mapping = mappingOf(entries)
    .trimEnd()
    .split('\n')
    .map(line => `#${line}`);
  return [
    ...HEAD,
    ...questions,
    '',
    FOUND,
    ...(entries.length === 0 ? [] : mapping),
    '',
    '# Found as well.',
    ...remarks,
    '',
  ].join('\n');
}

const NEEDED = [
  '# Needed: the code reads these without a default. What runs the image gives them; trials and tests have something of the kind,',
  '# made up, unless a value stands here.',
];

/** The file for an app that cannot be understood yet: what has to be answered, with the answers that there are to choose from. */
export function openQuestions(diagnostics: readonly Diagnostic[]): string {
  const blocks = diagnostics.map(diagnostic => {
    const { problem, expected, fix } = inWords(diagnostic);
    const { code, place } = diagnostic;
    const said = [
      `${code}: ${problem}`,
      ...(place ? [`at: ${formatPlace(place)}`] : []),
      `expected: ${expected}`,
      `fix: ${fix}`,
    ];
    const lines = said.flatMap(text => text.split('\n')).map(line => `# ${line}`);
    return [...lines, ...answersIn(fix).map(answer => `#${answer}`), ''];
  });
  return [...HEAD, '', '# Asked. Change what stands below a question, and take away its #.', ...blocks.flat()].join(
    '\n',
  );
}

/** The configurations that a text proposes, each in a line: what would be read as one. */
function answersIn(text: string): readonly string[] {
  const starts = [...text.matchAll(/\b[a-z]+: (?=[[{"\w])/g)].map(({ index }) => index);
  const found = starts.flatMap(start => longestIn(text.slice(start)) ?? []);
  // What stands inside of another is a part of it.
  return [...new Set(found)].filter(one => !found.some(other => other !== one && other.includes(one)));
}

function longestIn(text: string): string | undefined {
  const key = text.indexOf(': ') + 2;
  const opens = text[key] === '{' || text[key] === '[';
  const end = opens ? closing(text) : key + (/^[^\s,;"')]*/.exec(text.slice(key))?.[0].length ?? 0);
  const candidate = text.slice(0, end);
  return isConfig(candidate) ? candidate : undefined;
}

/** Where what the text opens first is closed again. */
function closing(text: string): number {
  let depth = 0;
  for (const [at, sign] of [...text].entries()) {
    if (sign === '{' || sign === '[') depth += 1;
    if ((sign === '}' || sign === ']') && --depth === 0) return at + 1;
  }
  return 0;
}

const isConfig = (text: string): boolean => parseConfig(text, CONFIG_FILE).value !== undefined;

/** A variable that the app cannot do without, and of which no value was found. */
function isNeeded({ name, key }: { readonly name: string } & ExplainedValue): boolean {
  return name === 'needed' && key?.startsWith('env.') === true;
}

/** A value at its path in the file, and what is to be said of it. */
interface Entry {
  readonly path: readonly string[];
  readonly value: unknown;
  readonly origin: string;
}

/** Keys by which more is decided than their value: with them, what else would be found is not looked for. */
const DECIDING = ['frontend', 'root', 'components'];

/** The value as the file has it; none where no configuration says what was found. */
function entryOf({ name, key, value, ...from }: { readonly name: string } & ExplainedValue): readonly Entry[] {
  // What is not run is none of what holds: the key would have it in place of what is.
  if (key === undefined || name === 'not run' || from.place?.key !== undefined) return [];
  const path = key.split('.');
  if (DECIDING.includes(path[0]!) || key === 'python.package') return [];
  const forms = formsOf(path.at(-1)!, value).map(form => ({ path, value: form, origin: originOf(from) }));
  return forms.filter(entry => isConfig(mappingOf([entry]))).slice(0, 1);
}

/** What people read, as values that a key may have: lists of words for commands, numbers, names without what stands around them. */
function formsOf(key: string, value: string): readonly unknown[] {
  if (value === 'none' || /["'\\]/.test(value)) return [];
  if (['command', 'migrate', 'runtime', 'build'].includes(key)) return [value.split(' ')];
  if (key === 'version') return [value.split(' ').at(-1)];
  if (key === 'entry') return [value.replace(/ \(.*\)$/, '')];
  if (key === 'scheme') return [value.replace('://', '')];
  if (/^\d+$/.test(value)) return [Number(value), value];
  return value.includes(' ') ? [] : [value];
}

function originOf({ place, why }: Pick<ExplainedValue, 'place' | 'why'>): string {
  return [...(place ? [formatPlace(place)] : []), ...(why === undefined ? [] : [why])].join(': ').replaceAll('\n', ' ');
}

function bracketed(origin: string, key: string | undefined): string {
  const parts = [...(origin === '' ? [] : [origin]), ...(key === undefined ? [] : [`key ${key}`])];
  return parts.length === 0 ? '' : ` (${parts.join('; ')})`;
}

/** Entries as one mapping. */
function mappingOf(entries: readonly Entry[]): string {
  const document = new Document({});
  for (const { path, value, origin } of entries) {
    if (document.hasIn(path)) continue;
    const node = document.createNode(value) as Node;
    if (isCollection(node)) node.flow = true;
    if (origin !== '') node.comment = ` ${origin}`;
    document.setIn(path, node);
  }
  return document.toString({ lineWidth: 0 });
}
