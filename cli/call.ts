/** Calls one of the module's functions the way an engine would: constructor first, then the method, then the result. */

import type { Directory } from '@dagger.io/dagger';
import type { Publication } from '../src/publish/publication.js';
import { leavesReports } from './exit-codes.js';
import type { ModuleTable } from './functions.js';
import { type HostContext, hostArguments, sourceDirectory } from './host-arguments.js';
import type { Invocation } from './invocation.js';
import type { ResultContext } from './result-context.js';
import { deliver, save } from './results.js';
import { sourceArguments } from './source-state.js';

type Call = Extract<Invocation, { kind: 'call' }>;
/** The function whose result GitHub's workflows go on with. */
const PUBLISHING = 'publish';

type Instance = Record<string, (...values: readonly unknown[]) => unknown>;

/**
 * Takes the parsed call and delivers its result; `dag` must point at a session. With `--reports` the reports of the same run are
 * saved even when tests or what they need failed, and the failure is thrown afterwards.
 */
export async function callFunction(
  call: Call,
  table: ModuleTable,
  context: HostContext & ResultContext,
): Promise<void> {
  const { noticesTo } = await import('../src/dagger/notices.js');
  noticesTo(context.notice);
  const module = (await import('../src/index.js')) as unknown as Record<
    string,
    new (
      ...values: readonly unknown[]
    ) => Instance
  >;
  const instance = new module[table.object]!(
    ...hostArguments(table.constructorArguments, call.constructorValues, context),
  );
  const values = hostArguments(call.function.arguments, withSourceState(call, context), context);
  try {
    const result = await instance[call.function.name]!(...values);
    await deliver(call, result, context);
    if (call.function.name === PUBLISHING) {
      const { setPublicationOutputs } = await import('./github-outputs.js');
      setPublicationOutputs(result as Publication, context.env);
    }
  } catch (error) {
    if (call.result.reports !== undefined && leavesReports(error))
      await saveReportsAfterFailure(instance, call.result.reports, context);
    throw error;
  }
  if (call.result.reports !== undefined) await saveReports(instance, call.result.reports, context);
}

/** What a function asks of git is answered by the source's, unless somebody says it. */
function withSourceState(
  { function: { arguments: list }, values, constructorValues }: Call,
  { cwd, env }: HostContext,
) {
  if (!list.some(({ name }) => name === 'revision')) return values;
  return { ...sourceArguments(sourceDirectory(constructorValues, cwd), env), ...values };
}

async function saveReports(instance: Instance, dir: string, context: ResultContext): Promise<void> {
  await save((await instance.reports!()) as Directory, dir, context);
}

/** What went wrong with the reports must not hide which tests failed. */
async function saveReportsAfterFailure(instance: Instance, dir: string, context: ResultContext): Promise<void> {
  try {
    await saveReports(instance, dir, context);
  } catch (error) {
    context.notice(`the reports could not be saved: ${(error as Error).message}`);
  }
}
