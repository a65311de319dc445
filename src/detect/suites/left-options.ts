/** Options in pytest's settings that a suite has to do without: they are of plugins that it runs without, or not for a container. */
import type { Sourced } from '../../source/sourced.js';
import { TEST_TOOLS } from '../../support/test-tools/table.js';
import type { PytestSettings } from './pytest-settings.js';

/** Options with their values, of which some may stand in a word of their own. */
interface Options {
  readonly names: RegExp;
  /** Those that are followed by a value, unless it is in the same word. */
  readonly takingValue: RegExp;
}

/** Of pytest-playwright: where it is not installed, pytest does not know them. Which browser runs is decided for the suite. */
const OF_BROWSERS: Options = {
  names:
    /^--(browser|browser-channel|headed|slowmo|device|output|tracing|video|screenshot|full-page-screenshot|base-url)(=|$)/,
  takingValue: /^--(browser|browser-channel|slowmo|device|output|tracing|video|screenshot|base-url)$/,
};

/** Of a display that no container has, and of a driver for another tool. */
const NOT_IN_CONTAINERS: Options = {
  names: /^--(headed|driver|driver-path|browser|base-url|output)(=|$)/,
  takingValue: /^--(driver|driver-path|browser|base-url|output)$/,
};

/** What measures the app's code, spreads tests over processes, or sets up Django: nothing of that is for tests that speak HTTP. */
const BESIDE_APP: Options = {
  names:
    /^(--(no-)?cov([-=]|$)|-n$|-n(\d+|auto|logical)$|--(numprocesses|dist|maxprocesses)(=|$)|--ds(=|$)|--dc(=|$)|--(reuse|create)-db$|--(no-?)?migrations$|--fail-on-template-vars$|--doctest-modules$)/,
  takingValue:
    /^(-n|--numprocesses|--dist|--maxprocesses|--ds|--dc|--cov-report|--cov-config|--cov-fail-under|--cov-context)$/,
};

/** Without the plugin that knows a line of the settings, that line is none that pytest knows. */
const STRICT: Options = { names: /^--strict(-config)?$/, takingValue: /^$/ };
const OF_PLUGIN = TEST_TOOLS['pytest-django'].settings;

/** How a suite is run. */
export type SuiteWay = 'unit' | 'browser' | 'browser with the app';

const LEFT: Readonly<Record<SuiteWay, readonly Options[]>> = {
  unit: [OF_BROWSERS],
  browser: [NOT_IN_CONTAINERS, BESIDE_APP],
  'browser with the app': [NOT_IN_CONTAINERS],
};

/** What stays of the options, and what is left out, in words; undefined where all stay. */
export interface KeptOptions {
  readonly kept: readonly string[];
  readonly left: Sourced<string>;
}

/** The options that a suite keeps of those in pytest's settings. */
export function keptOptions({ file, text, options }: PytestSettings, way: SuiteWay): KeptOptions | undefined {
  const all = [...LEFT[way], ...(way === 'browser' && OF_PLUGIN.test(text) ? [STRICT] : [])];
  const isLeft = (word: string) => all.some(({ names }) => names.test(word));
  const takes = (word: string | undefined) => all.some(({ takingValue }) => takingValue.test(word ?? ''));
  const kept = options.filter((word, at) => !isLeft(word) && !(takes(options[at - 1]) && !word.startsWith('-')));
  if (file === undefined || kept.length === options.length) return undefined;
  const left = options.filter(word => !kept.includes(word));
  return { kept, left: { value: left.join(' '), place: { file } } };
}
