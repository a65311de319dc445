/** Failures of the app's own code that say what has to be put right: one table, read from what a run left in its output. */
import { diagnose } from '../diagnostics/diagnose.js';
import type { Diagnostic } from '../diagnostics/diagnostic.js';
import type { Place } from '../diagnostics/place.js';
import type { Plan } from '../plan/types.js';
import { appFault } from './app-faults.js';
import { mismatched, refusedVersion } from './mismatched.js';
import { missingVariables } from './missing-variables.js';
import { outdated } from './outdated.js';
import { type Frame, latestErrors, type PythonError } from './traceback.js';

/** What failed, and what it left. */
export interface FailedRun {
  readonly plan: Pick<Plan, 'variables'>;
  /** What was being done, after "while": `the image is started`. */
  readonly doing: string;
  readonly output: string;
  /** Where the app's code lies in the image. */
  readonly workdir: string;
}

type Reader = (error: PythonError, run: FailedRun) => Diagnostic | undefined;

const READERS: readonly Reader[] = [variables, writing, database, library, olderPython, otherRelease, modules];

/** What a failure means; undefined when its output says nothing that is known. */
export function knownFailure(run: FailedRun): Diagnostic | undefined {
  for (const error of latestErrors(run.output)) {
    for (const reader of READERS) {
      const diagnostic = reader(error, run);
      if (diagnostic) return diagnostic;
    }
  }
  return appFault(run.output, run.doing);
}

function variables(error: PythonError, { plan, doing, output, workdir }: FailedRun): Diagnostic | undefined {
  const missing = missingVariables(error, plan);
  const [first] = missing;
  if (first === undefined) return undefined;
  const read = plan.variables.find(({ name }) => name === first.name)?.read[0];
  return diagnose('QS706', { missing, doing, output }, read ?? placeIn(error.frames, workdir));
}

const DENIED = /\[Errno (?:13|30)\] (?:Permission denied|Read-only file system): ['"]([^'"]+)['"]/;

function writing(error: PythonError, { doing, output, workdir }: FailedRun): Diagnostic | undefined {
  const path = DENIED.exec(error.message)?.[1];
  if (path === undefined) return undefined;
  const isMade = error.frames.some(({ code }) => /\b(?:os\.)?(?:mkdir|makedirs)\(/.test(code));
  const own = path.startsWith(`${workdir}/`) ? path.slice(workdir.length + 1) : path;
  const directory = isMade ? own : own.slice(0, Math.max(own.lastIndexOf('/'), 0));
  const place = placeIn(error.frames, workdir);
  return diagnose('QS707', { what: { kind: 'path', path: own, directory }, doing, output }, place);
}

function database(error: PythonError, { doing, output, workdir }: FailedRun): Diagnostic | undefined {
  if (!/unable to open database file|attempt to write a readonly database/.test(error.message)) return undefined;
  return diagnose('QS707', { what: { kind: 'database' }, doing, output }, placeIn(error.frames, workdir));
}

function library({ message, frames }: PythonError, { doing, output, workdir }: FailedRun): Diagnostic | undefined {
  const [, name] = /(lib[\w.+-]+\.so[.\d]*): cannot open shared object file/.exec(message) ?? [];
  if (name === undefined) return undefined;
  return diagnose('QS708', { kind: 'library', name, doing, output }, placeIn(frames, workdir));
}

function olderPython({ type, message, frames }: PythonError, run: FailedRun): Diagnostic | undefined {
  if (!/^(ModuleNotFoundError|ImportError|AttributeError)$/.test(type)) return undefined;
  const what = outdated(
    message,
    frames.map(({ file }) => file),
  );
  const { doing, output, workdir } = run;
  return what && diagnose('QS708', { ...what, doing, output }, placeIn(frames, workdir));
}

function otherRelease({ type, message, frames }: PythonError, run: FailedRun): Diagnostic | undefined {
  const { doing, output, workdir } = run;
  const what = type === 'ImportError' ? mismatched(message, frames.at(-1)?.file ?? '') : refusedVersion(type, message);
  return what && diagnose('QS708', { ...what, doing, output }, placeIn(frames, workdir));
}

function modules({ type, message, frames }: PythonError, run: FailedRun): Diagnostic | undefined {
  const { doing, output, workdir } = run;
  const [, name] = /^No module named '([\w.]+)'/.exec(message) ?? [];
  if (type !== 'ModuleNotFoundError' || name === undefined) return undefined;
  return diagnose('QS708', { kind: 'module', name, doing, output }, placeIn(frames, workdir));
}

/** The innermost line of the app's own. */
function placeIn(frames: readonly Frame[], workdir: string): Place | undefined {
  const own = frames.findLast(({ file }) => file.startsWith(`${workdir}/`) && !file.includes('site-packages'));
  return own && { file: own.file.slice(workdir.length + 1), line: own.line };
}
