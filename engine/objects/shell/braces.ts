/** Braces in words of a shell: `{a,b}` and `{1..3}` make several words of one. */
import type { Part, Word } from './word.js';

/** A character of bare text, or what no brace looks into. */
type Atom = string | Part;

const atomsOf = (word: Word): Atom[] =>
  word.flatMap((part): Atom[] => (part.kind === 'bare' ? (part.text.match(/\\[\s\S]|[\s\S]/gu) ?? []) : [part]));

function wordOf(atoms: readonly Atom[]): Word {
  const parts: Part[] = [];
  for (const atom of atoms) {
    const last = parts.at(-1);
    if (typeof atom !== 'string') parts.push(atom);
    else if (last?.kind === 'bare') parts[parts.length - 1] = { kind: 'bare', text: last.text + atom };
    else parts.push({ kind: 'bare', text: atom });
  }
  return parts;
}

/** Where the brace at a place is closed, and where commas separate what is in it. */
function braceAt(atoms: readonly Atom[], open: number): { close: number; commas: readonly number[] } | undefined {
  const commas: number[] = [];
  let depth = 0;
  for (let at = open; at < atoms.length; at++) {
    if (atoms[at] === '{') depth += 1;
    if (atoms[at] === ',' && depth === 1) commas.push(at);
    if (atoms[at] === '}') depth -= 1;
    if (depth === 0) return { close: at, commas };
  }
  return undefined;
}

const sequence = /^(?:(-?\d+)\.\.(-?\d+)|([a-zA-Z])\.\.([a-zA-Z]))(?:\.\.(-?\d+))?$/;
/** More than anybody means; a line is not to fill the memory. */
const longest = 10_000;

function sequenceOf(text: string): readonly string[] | undefined {
  const found = sequence.exec(text);
  if (found === null) return undefined;
  const isNumber = found[1] !== undefined;
  const [first, last] = isNumber
    ? [Number(found[1]), Number(found[2])]
    : [found[3]!.codePointAt(0)!, found[4]!.codePointAt(0)!];
  const step = Math.max(Math.abs(Number(found[5] ?? 1)), 1) * (first <= last ? 1 : -1);
  const length = Math.floor((last - first) / step) + 1;
  if (length > longest) throw new Error(`{${text}} means ${length} words`);
  const items = Array.from({ length }, (_, index) => first + index * step);
  return items.map(item => (isNumber ? String(item) : String.fromCodePoint(item)));
}

/** What the brace at a place stands for, one after the other; undefined where it is only a brace. */
function alternatives(atoms: readonly Atom[], open: number): { close: number; items: readonly Atom[][] } | undefined {
  const brace = braceAt(atoms, open);
  if (brace === undefined) return undefined;
  const { close, commas } = brace;
  if (commas.length > 0) {
    const bounds = [open, ...commas, close];
    return { close, items: bounds.slice(1).map((end, index) => atoms.slice(bounds[index]! + 1, end)) };
  }
  const inner = atoms.slice(open + 1, close);
  const items = inner.every(atom => typeof atom === 'string') ? sequenceOf(inner.join('')) : undefined;
  return items && { close, items: items.map(item => [...item]) };
}

function expandAtoms(atoms: readonly Atom[]): Atom[][] {
  for (let open = 0; open < atoms.length; open++) {
    const found = atoms[open] === '{' ? alternatives(atoms, open) : undefined;
    if (found === undefined) continue;
    const tails = expandAtoms(atoms.slice(found.close + 1));
    const heads = found.items.flatMap(expandAtoms);
    if (heads.length * tails.length > longest) throw new Error('braces that mean too many words');
    return heads.flatMap(head => tails.map(tail => [...atoms.slice(0, open), ...head, ...tail]));
  }
  return [[...atoms]];
}

/** The words that a word with braces stands for. @throws Error when these are more than anybody means */
export function expandBraces(word: Word): readonly Word[] {
  const hasBrace = word.some(part => part.kind === 'bare' && part.text.includes('{'));
  return hasBrace ? expandAtoms(atomsOf(word)).map(wordOf) : [word];
}
