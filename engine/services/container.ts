/** What podman knows of a service's container, and the failure that its end is. */
import { ExecFailure } from '../errors.js';
import type { Podman } from '../podman/podman.js';
import type { EngineContext } from '../solve/context.js';
import type { Launch } from './instance.js';
import { scrubbedLog } from './logs.js';

interface ContainerInfo {
  readonly Id: string;
  readonly State: { readonly Status: string; readonly Pid: number; readonly ExitCode: number };
  readonly NetworkSettings: { readonly Networks: Readonly<Record<string, { readonly IPAddress: string }>> };
}

/** Asks podman about a container; undefined when there is none of that name. */
export async function inspectContainer(podman: Podman, name: string): Promise<ContainerInfo | undefined> {
  const result = await podman.call(['container', 'inspect', name]);
  return result.exitCode === 0 ? (JSON.parse(result.stdout) as ContainerInfo[])[0] : undefined;
}

/** The failure of a service that ended by itself, with all that it printed. */
export async function exitOf(context: EngineContext, launch: Launch, exitCode: number): Promise<ExecFailure> {
  const { stdout, stderr } = await scrubbedLog(context, launch.container);
  return new ExecFailure({ cmd: launch.service.process.args, exitCode, stdout, stderr }, `${launch.label}: process`);
}
