/** Archives of images given to whoever keeps images on this machine: Docker where its daemon answers, else podman. */
import { execa } from 'execa';
import { InfrastructureError, tellingLines } from '../errors.js';

/** What a daemon that answers takes less than. */
const ANSWER_MS = 10_000;

/**
 * Loads an archive in Docker's format into the storage that people's own commands use.
 * @returns the program whose image it is now
 * @throws InfrastructureError with what the program said
 */
export async function keepImage(
  archive: string,
  { env, signal }: { readonly env: NodeJS.ProcessEnv; readonly signal: AbortSignal },
): Promise<'docker' | 'podman'> {
  const options = { env, extendEnv: false, reject: false, all: true, stdin: 'ignore', cancelSignal: signal } as const;
  const asked = await execa('docker', ['version', '--format', '{{.Server.Version}}'], {
    ...options,
    timeout: ANSWER_MS,
  });
  const keeper = asked.failed ? 'podman' : 'docker';
  const loaded = await execa(keeper, ['load', '--input', archive], options);
  if (!loaded.failed) return keeper;
  throw new InfrastructureError(
    `${keeper} did not take the image: ${tellingLines(String(loaded.all || loaded.shortMessage))}`,
  );
}
