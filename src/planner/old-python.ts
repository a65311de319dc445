/** What a Python that has ended lacks of what Quayside's own files use. */
import type { PythonFacts } from '../detect/facts.js';
import type { Step } from '../plan/types.js';
import { assetPath, bring } from './assets.js';

type Version = Pick<PythonFacts, 'version'>;

/** The newest ones without importlib.metadata; without a pip that installs into another environment, and bytecode that is valid by content. */
const WITHOUT_METADATA = ['3.6', '3.7'];
const OLDEST = '3.6';

/** The steps that bring it, for files which Python of the app's version runs. */
export function bringForOld({ version }: Version): readonly Step[] {
  if (!WITHOUT_METADATA.includes(version.value)) return [];
  return ['old_metadata.py', ...(version.value === OLDEST ? ['old-pip.py', COMPILER] : [])].map(bring);
}

/** Its pip, as words of a shell. */
export function pipOf({ version }: Version): string {
  return version.value === OLDEST ? `python ${assetPath('old-pip.py')}` : 'python -m pip';
}

const COMPILER = 'old-compile.py';

/** The step that brings what compiles, for a stage that compiles before it has all else. */
export function bringCompiler({ version }: Version): readonly Step[] {
  return version.value === OLDEST ? [bring(COMPILER)] : [];
}

/** What compiles a directory, as words behind the interpreter's. */
export function compilerOf(facts: Version | undefined): string {
  return facts?.version.value === OLDEST
    ? assetPath(COMPILER)
    : '-m compileall -q -f -j 0 --invalidation-mode unchecked-hash';
}
