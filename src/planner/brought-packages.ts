/** Packages that Quayside installs beside those of the app: by lists of its own, which leave what is there as it is. */
import type { Facts, PythonFacts, SuiteFacts } from '../detect/facts.js';
import type { Step } from '../plan/types.js';
import { quoteWords } from '../source/quote-words.js';
import { readRequirement } from '../support/pep508/requirement.js';
import { toolRequirements } from '../support/test-tools/locked.js';
import { assetPath, bring } from './assets.js';
import { bringForOld } from './old-python.js';
import { VENV_DIR } from './paths.js';
import { fetching, type Indexes, PIP_CACHE, shell, withSecrets } from './shell.js';

/** The one that the app's environment is made of, where that stands first on the path. */
export const BASE_PYTHON = `"$(python -c 'import sys; print(sys._base_executable)')"`;

/** How a list is installed. */
export interface Bringing {
  /** What is known of the package indexes, and of the app's Python. */
  readonly from: Indexes & Pick<PythonFacts, 'version'>;
  /** The Python that has pip, as a shell calls it. */
  readonly python: 'python' | 'python3' | typeof BASE_PYTHON;
  /** What to do when a package is not content with what the app has; absent: other versions are looked for. */
  readonly fix?: string;
}

/** The steps that install a list of Quayside's own files. */
export function bringPackages(title: string, list: string, { from, python, fix }: Bringing): readonly Step[] {
  const words = [assetPath('bring-packages.py'), VENV_DIR, assetPath(list), ...(fix === undefined ? [] : [fix])];
  const command = `PYTHONHASHSEED=0 ${python} ${quoteWords(words)}`;
  return [
    bring('bring-packages.py'),
    ...(python === 'python3' ? [] : bringForOld(from)),
    bring(list),
    { ...withSecrets(fetching(shell(title, [command], [PIP_CACHE])), from), fails: { kind: 'packages' } },
  ];
}

type Tested = Pick<Facts, 'suites' | 'python'>;

/** Of the suites that run beside the app's code, and of those that drive browsers: the file with what is brought for them. */
const LISTS = { test: 'test-tools.txt', e2e: 'browser-tools.txt' } as const;

/** The lists of what is brought for suites, by name. */
export function toolLists({ suites, python }: Tested): Readonly<Record<string, string>> {
  const lists = (['test', 'e2e'] as const).flatMap(stage => {
    const lines = toolsOf(suites, stage).flatMap(tool => toolRequirements(tool, python.version.value));
    return lines.length === 0 ? [] : [[LISTS[stage], `${firstOfEach(lines).join('\n')}\n`] as const];
  });
  return Object.fromEntries(lists);
}

/** Of several lines about one package the first: tools are locked together, and what the app asks for stands before them. */
function firstOfEach(lines: readonly string[]): readonly string[] {
  const keys = lines.map(line => line.split(' \\\n')[0]!);
  return lines.filter((_, at) => keys.indexOf(keys[at]!) === at);
}

/** Whether something is brought for suites that run beside the app's code. */
export function bringsTools({ suites }: Pick<Facts, 'suites'>): boolean {
  return toolsOf(suites, 'test').length > 0;
}

/** The steps that install what is brought for suites. */
export function bringTools({ suites, python: from }: Tested, stage: keyof typeof LISTS): readonly Step[] {
  if (toolsOf(suites, stage).length === 0) return [];
  const python = stage === 'test' ? 'python' : 'python3';
  return bringPackages('install what the tests need', LISTS[stage], { from, python });
}

function toolsOf(suites: readonly SuiteFacts[], stage: keyof typeof LISTS): readonly string[] {
  const own = suites.filter(({ browser }) => (browser !== undefined) === (stage === 'e2e'));
  const tools = own.flatMap(({ tools = [] }) => tools.map(({ value }) => value));
  return [...new Set(tools)];
}

/** The version of Playwright that its image is for, where no lock pins one. */
export function chosenPlaywright({ suites }: Pick<Facts, 'suites'>): string | undefined {
  return toolsOf(suites, 'e2e').find(tool => readRequirement(tool)?.name === 'playwright');
}
