/** What workflows of all kinds have in common: which functions they call, and with what. */
import type { Plan, Suite } from '../plan/types.js';

/** The version of Dagger that workflows install: the one that the module is made for. */
export const DAGGER_VERSION = '0.21.8';

/** The variable of a repository that says where the module is. */
export const MODULE_VARIABLE = 'QUAYSIDE_MODULE';

/** What a workflow needs to be told, in words for whoever reads it. */
export const MODULE_WORDS = [
  `Set the variable ${MODULE_VARIABLE} of the repository to the address of the module, such as`,
  'github.com/OWNER/quayside@COMMIT: the functions called here are its own, and run on your machine as they do here.',
].join('\n');

/** A call of a function: its name, and its arguments. */
export interface Call {
  readonly title: string;
  readonly words: readonly string[];
}

/** The functions that check an app, each for what the app has. */
export function checksOf({ suites }: Plan): readonly Call[] {
  const kinds = ['lint', 'typecheck'] as const satisfies readonly Suite['kind'][];
  const others = kinds.filter(kind => suites.some(suite => suite.kind === kind));
  return ['test', ...others].map(name => ({ title: name, words: [name] }));
}

/** The call that leaves the reports of the tests in a directory; undefined where no suite writes any. */
export function reportsOf({ suites }: Plan, path: string): Call | undefined {
  const writes = suites.some(({ kind, reports }) => (kind === 'unit' || kind === 'e2e') && reports !== undefined);
  return writes ? { title: 'reports', words: ['reports', 'export', `--path=${path}`] } : undefined;
}

/** The platforms that images are published for: servers, and machines such as a Raspberry Pi. */
export const PLATFORMS = 'linux/amd64,linux/arm64';
