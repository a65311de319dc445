/** What a Python that has ended lacks of what Quayside's own files use. */
import type { PythonFacts } from '../detect/facts.js';
import type { Step } from '../plan/types.js';
import { assetPath, bring } from './assets.js';

type Version = Pick<PythonFacts, 'version'>;

/** The newest ones without importlib.metadata, and without a pip that installs into another environment. */
const WITHOUT_METADATA = ['3.6', '3.7'];
const WITH_OLD_PIP = '3.6';

/** The steps that bring it, for files which Python of the app's version runs. */
export function bringForOld({ version }: Version): readonly Step[] {
  if (!WITHOUT_METADATA.includes(version.value)) return [];
  return ['old_metadata.py', ...(version.value === WITH_OLD_PIP ? ['old-pip.py'] : [])].map(bring);
}

/** Its pip, as words of a shell. */
export function pipOf({ version }: Version): string {
  return version.value === WITH_OLD_PIP ? `python ${assetPath('old-pip.py')}` : 'python -m pip';
}
