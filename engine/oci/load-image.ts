/** Images given to whoever keeps images on this machine: Docker where its daemon answers, else podman. */
import { join } from 'node:path';
import { execa } from 'execa';
import { InfrastructureError, tellingLines } from '../errors.js';
import { formatReference, parseReference } from './registry-reference.js';
import { skopeo } from './skopeo.js';

/** What a load is done with. */
interface LoadPlace {
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
}

/** What a daemon that answers takes less than. */
const ANSWER_MS = 10_000;

/**
 * Loads the only image of a layout under a name, into the storage that people's own commands use.
 * @returns the name in full, and the program whose image it is now
 * @throws InfrastructureError with what the program said
 */
export async function loadImage(
  layoutDir: string,
  name: string,
  { env, signal }: LoadPlace,
): Promise<{ readonly reference: string; readonly keeper: string }> {
  const parsed = parseReference(name);
  if (parsed.digest !== undefined)
    throw new Error(`cannot load an image as ${name}: its digest is what it has, name a tag`);
  const reference = formatReference(parsed);
  const archive = join(layoutDir, 'image.tar');
  const written = await skopeo('copy', ['--quiet', `oci:${layoutDir}`, `docker-archive:${archive}:${reference}`], {
    signal,
  });
  if (!written.ok) throw new InfrastructureError(`cannot write the image ${reference}: ${written.failure.reason}`);
  const options = { env, extendEnv: false, reject: false, all: true, stdin: 'ignore', cancelSignal: signal } as const;
  const asked = await execa('docker', ['version', '--format', '{{.Server.Version}}'], {
    ...options,
    timeout: ANSWER_MS,
  });
  const keeper = asked.failed ? 'podman' : 'docker';
  const loaded = await execa(keeper, ['load', '--input', archive], options);
  if (loaded.failed)
    throw new InfrastructureError(
      `${keeper} did not take the image ${reference}: ${tellingLines(String(loaded.all || loaded.shortMessage))}`,
    );
  return { reference, keeper };
}
