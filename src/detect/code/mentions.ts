/** Which modules have a word in them: where it is not written, no name of the code is that, and the statements need not be read. */
import type { PythonModule } from './module.js';

/** The modules in whose texts one of the words stands by itself; in their order. */
export function mentioning(modules: readonly PythonModule[], words: Iterable<string>): readonly PythonModule[] {
  const mentions = mentionOf(words);
  return modules.filter(({ text }) => mentions(text));
}

/** The modules that have to do with one of some dotted names, by whatever name it was imported. */
export function naming(dotted: Iterable<string>, modules: readonly PythonModule[]): readonly PythonModule[] {
  return mentioning(modules, withAliases([...dotted].map(lastOf), modules));
}

/** Tells whether one of the words stands in a text by itself. Letters that are not among ASCII's may stand beside it. */
export function mentionOf(words: Iterable<string>): (text: string) => boolean {
  const all = [...new Set(words)].map(escaped);
  if (all.length === 0) return () => false;
  const pattern = new RegExp(`(?<!\\w)(?:${all.join('|')})(?!\\w)`);
  return text => pattern.test(text);
}

/** The last part of a dotted name: however it is imported, that much of it is written where it is used, or where it is given another name. */
export function lastOf(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}

/** The words with all names that imports give what is called by one of them, and give those again: `from shop import make as build`. */
export function withAliases(words: Iterable<string>, modules: readonly PythonModule[]): ReadonlySet<string> {
  const all = new Set(words);
  for (let added: readonly string[] = [...all]; added.length > 0; ) {
    const renamed = new RegExp(
      `(?<!\\w)(?:${added.map(escaped).join('|')})[\\s\\\\]+as[\\s\\\\]+([\\w\\P{ASCII}]+)`,
      'gu',
    );
    const found = modules.flatMap(({ text }) => [...text.matchAll(renamed)].map(([, name]) => name!));
    added = [...new Set(found)].filter(name => !all.has(name));
    for (const name of added) all.add(name);
  }
  return all;
}

function escaped(text: string): string {
  return text.replaceAll(/[^\w\P{ASCII}]/gu, '\\$&');
}
