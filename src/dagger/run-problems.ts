/** Why a suite could not run: which service or process failed, and its last words. */
import { diagnose } from '../diagnostics/diagnose.js';
import { DiagnosticError } from '../diagnostics/error.js';
import { imageSettings } from '../plan/look-up.js';
import type { Plan, Process, ServiceSpec, Suite } from '../plan/types.js';
import { type ExecFailure, execFailure } from './failures.js';
import { knownFailure } from './known-failures.js';
import { endsWith, sameWords } from './words.js';

/** What of the plan a failed command belongs to: a probe, or the thing itself. */
type Culprit =
  | { readonly kind: 'service'; readonly service: ServiceSpec | undefined; readonly probe: boolean }
  | { readonly kind: 'process'; readonly process: Process | undefined; readonly probe: boolean };

/** What the local engine gives for a process that runs, and was never ready. */
const NOT_ENDED = -1;

/**
 * Turns the failure of what a suite needs into a diagnostic that names it.
 * @returns a DiagnosticError, or the error itself when it is of another kind: the machine, the network, the engine
 */
export function explainRunFailure(error: unknown, plan: Plan, suite: Suite): unknown {
  const failure = execFailure(error);
  if (!failure) return error;
  const culprit = culpritOf(failure, plan, suite);
  const output = outputOf(error, failure, culprit.probe);
  if (culprit.kind === 'process' && !culprit.probe && failure.exitCode === plan.migration?.failed)
    return migrationFailed(plan, suite, output);
  const end =
    culprit.probe || failure.exitCode === NOT_ENDED
      ? ({ kind: 'unhealthy' } as const)
      : ({ kind: 'ended', exitCode: failure.exitCode } as const);
  const what = { suite: suite.id, end, output };
  if (culprit.kind === 'service') {
    const { service } = culprit;
    return new DiagnosticError([diagnose('QS701', service ? { ...what, name: service.id } : what)]);
  }
  const { process } = culprit;
  const workdir = imageSettings(plan.stages, process?.image ?? suite.stage).workdir ?? suite.workdir;
  const known = knownFailure({ plan, doing: `the app is started for the ${suite.id} suite`, output, workdir });
  const isOther = process && process.role !== 'web';
  return new DiagnosticError([known ?? diagnose('QS703', isOther ? { ...what, name: process.id } : what)]);
}

/** The diagnostic of a migration that failed. */
export function migrationFailed(plan: Plan, suite: Suite, output: string): DiagnosticError {
  const command = (plan.migration?.command ?? []).join(' ');
  const reached = reachedMigration(output);
  const what = { suite: suite.id, command, output };
  const known = knownFailure({ plan, doing: `the database is migrated by ${command}`, output, workdir: suite.workdir });
  return new DiagnosticError([known ?? diagnose('QS702', reached === undefined ? what : { ...what, reached })]);
}

/** The migration under way at the end, as Alembic or Django name it: a traceback may have pushed it out of the last lines. */
function reachedMigration(output: string): string | undefined {
  const [alembic, django] = [/Running upgrade (.+)/g, /^\s*Applying (\S+?)\.\.\./gm].map(
    pattern => [...output.matchAll(pattern)].at(-1)?.[1],
  );
  return (alembic ?? django)?.replace(/^\s*->/, 'the first,').trim();
}

/** What the failed command said; for a probe, what the local engine tells of the thing itself comes after it. */
function outputOf(error: unknown, failure: ExecFailure, isProbe: boolean): string {
  const message = error instanceof Error ? error.message : '';
  if (failure.output === '') return message;
  const [, ...told] = isProbe ? message.split('\n') : [];
  return [failure.output, ...told].join('\n');
}

/** A process is known by its probe, its command, or its image's entrypoint; a service by its probe, its arguments, or its name. */
function culpritOf({ cmd }: ExecFailure, plan: Plan, suite: Suite): Culprit {
  const probed = plan.processes.find(process => probesOf(plan, process).some(words => sameWords(words, cmd)));
  if (probed) return { kind: 'process', process: probed, probe: true };
  const asked = plan.services.find(({ probe }) => probe.kind === 'exec' && sameWords(probe.check.args, cmd));
  if (asked) return { kind: 'service', service: asked, probe: true };
  const commanded = plan.processes.find(({ command = [] }) => endsWith(cmd, command));
  if (commanded) return { kind: 'process', process: commanded, probe: false };
  const entered = plan.processes.filter(({ image }) => startsLike(cmd, imageSettings(plan.stages, image)));
  const server = entered.find(({ command }) => command === undefined) ?? entered[0];
  if (server) return { kind: 'process', process: server, probe: false };
  const wanted = new Set([...suite.needs.map(({ to }) => to), ...(suite.opens?.services ?? [])]);
  const service = plan.services
    .filter(({ id }) => wanted.has(id))
    .find(({ id, profiles }) => endsWith(cmd, profiles.test?.args ?? []) || cmd.some(word => word.includes(id)));
  return { kind: 'service', service, probe: false };
}

/** The commands that ask whether a process is ready: its own and those of the images that it runs. */
function probesOf({ stages }: Plan, { probe, image, profiles }: Process): readonly (readonly string[])[] {
  if (probe.kind === 'exec') return [probe.check.args];
  const images = [image, ...Object.values(profiles).flatMap(profile => profile?.image ?? [])];
  return images.flatMap(id => {
    const check = imageSettings(stages, id).healthcheck;
    return check ? [check.args] : [];
  });
}

/** Whether a command begins as an image starts, or ends as it does when it has no entrypoint. */
function startsLike(
  cmd: readonly string[],
  { entrypoint = [], command = [] }: ReturnType<typeof imageSettings>,
): boolean {
  return entrypoint.length > 0 ? entrypoint.every(word => cmd.includes(word)) : endsWith(cmd, command);
}
