/** What a service printed, as it may be shown. */
import { type ContainerLog, readLog } from '../podman/container-log.js';
import type { EngineContext } from '../solve/context.js';

/** What a container printed, secrets replaced; empty when it has not printed yet. */
export async function scrubbedLog({ secrets, sessionDir }: EngineContext, container: string): Promise<ContainerLog> {
  const { stdout, stderr } = await readLog(sessionDir, container);
  return { stdout: secrets.scrub(stdout), stderr: secrets.scrub(stderr) };
}
