/** Calls of Quayside's functions that stand in rendered files, held against the functions that there are. */
import { kebabCase, readFunctionTable } from '../../cli/functions.js';

/** What Dagger's own command line can do with a result. */
const ON_RESULTS: Readonly<Record<string, readonly string[]>> = { export: ['path'] };

/**
 * Says what is wrong with the words of a call, such as `--source=. reports export --path=reports`; an empty list is right.
 * @param own flags that only ./quayside has, by function
 */
export function wrongIn(words: readonly string[], own: readonly string[] = []): readonly string[] {
  const { functions, constructorArguments } = readFunctionTable();
  const names = words.filter(word => !word.startsWith('-'));
  const fn = functions.find(({ name }) => kebabCase(name) === names[0]);
  if (!fn) return [`no function ${names[0]}`];
  const known = [...constructorArguments, ...fn.arguments].map(({ name }) => kebabCase(name));
  const further = names.slice(1).flatMap(name => ON_RESULTS[name] ?? []);
  const wrongNames = names.slice(1).filter(name => !Object.hasOwn(ON_RESULTS, name));
  const flags = words.flatMap(word => /^--([a-z-]+)/.exec(word)?.[1] ?? []);
  const wrongFlags = flags.filter(flag => ![...known, ...further, ...own].includes(flag));
  return [...wrongNames.map(name => `no ${name}`), ...wrongFlags.map(flag => `${fn.name} has no --${flag}`)];
}
