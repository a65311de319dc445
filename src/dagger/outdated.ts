/** Code that was made for an older Python, as its errors say it. */
import type { Lacking } from '../diagnostics/messages/run.js';
import { firstWithout } from '../diagnostics/removed-modules.js';

type Outdated = Extract<Lacking, { kind: 'outdated' }>;

/** The newest Python that is supported and still has a module of its own; undefined when none has it. */
const LAST_WITH: Readonly<Record<string, string>> = { '3.12': '3.11', '3.13': '3.11' };

/** Modules of Python's own that have lost names which many packages took from them. */
const LOST =
  /module '((?:collections|inspect|asyncio|ast|time|base64|html|fractions|gettext|locale|platform|string|threading|typing|unittest|ssl|importlib|pkgutil|configparser|logging|types|array)(?:\.\w+)*)' has no attribute '(\w+)'/;

/** A name that is gone from a file of Python's own, which the message shows. */
const NAME = /cannot import name '(\w+)' from '([\w.]+)' \((?!\S*(?:site|dist)-packages)\S*\/python3\.(\d+)\//;

const MODULE = /No module named '([\w.]+)'/;

/**
 * What of Python's own an error misses; undefined when it is about something else.
 * @param files those that the error went through, the innermost last
 */
export function outdated(message: string, files: readonly string[] = []): Outdated | undefined {
  const found = missed(message);
  if (found === undefined) return undefined;
  const file = files.findLast(path => !/\/python3\.\d+\/(?!(?:site|dist)-packages)/.test(path) && path.startsWith('/'));
  const [, python] = /\/python3\.(\d+)\//.exec([message, ...files].join(' ')) ?? [];
  const [, by] = /\/(?:site|dist)-packages\/([^/.]+)/.exec(file ?? '') ?? [];
  return {
    kind: 'outdated',
    ...found,
    ...(by === undefined ? {} : { by }),
    ...(python === undefined ? {} : { python: `3.${python}` }),
  };
}

function missed(message: string): Pick<Outdated, 'name' | 'last'> | undefined {
  const [, module] = MODULE.exec(message) ?? [];
  const first = module === undefined ? undefined : firstWithout(module);
  const last = LAST_WITH[first ?? ''];
  if (first !== undefined) return { name: `the module ${module}`, ...(last === undefined ? {} : { last }) };
  const [, from, attribute] = LOST.exec(message) ?? [];
  if (from !== undefined) return { name: `${from}.${attribute}` };
  const [, name, origin] = NAME.exec(message) ?? [];
  return name === undefined ? undefined : { name: `${origin}.${name}` };
}
