/** Modules in written commands by the names that they have here: an image may have copied their directory to where imports start. */
import type { PythonModule } from '../code/module.js';

/** A module, or a name in one, as programs take it: `app.tasks`, `app.tasks:queue`, `app.tasks.Settings`. */
const DOTTED = /^([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+)(?::[\w.]+)?$/;

/** The words, those that name a module which lies deeper with the whole of its name: `src.app.tasks`. */
export function placedWords(words: readonly string[], modules: readonly PythonModule[]): readonly string[] {
  const names = modules.map(({ name }) => name);
  return words.map(word => `${prefixOf(word, names)}${word}`);
}

/** What comes before a name; nothing where it is found as it stands, where nothing has it, or several do. */
function prefixOf(word: string, names: readonly string[]): string {
  const [, dotted] = DOTTED.exec(word) ?? [];
  if (dotted === undefined) return '';
  // The last part may be something in the module.
  const wanted = [dotted, dotted.slice(0, dotted.lastIndexOf('.'))].filter(name => name.includes('.'));
  if (wanted.some(name => names.some(other => other === name || other.startsWith(`${name}.`)))) return '';
  for (const name of wanted) {
    const [found, another] = names.filter(other => other.endsWith(`.${name}`));
    if (found !== undefined && another === undefined) return found.slice(0, -name.length);
  }
  return '';
}
