/** From an OCI layout to where it is wanted: an archive or a registry. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defined } from '../defined.js';
import { replaceFile } from '../fs/replace-file.js';
import { RegistryError } from './registry-failure.js';
import { formatReference, isLoopback, parseReference } from './registry-reference.js';
import { type RegistryAuth, skopeo } from './skopeo.js';

/** Writes a layout as one tar file (`oci-archive`, every platform in it), which replaces what is there. Fails with skopeo's message. */
export async function toArchive(layoutDir: string, file: string, signal?: AbortSignal): Promise<void> {
  await replaceFile(file, async beside => {
    const args = ['--quiet', '--all', '--preserve-digests', `oci:${layoutDir}`, `oci-archive:${beside}`];
    const result = await skopeo('copy', args, { signal });
    if (!result.ok) throw new RegistryError(`cannot write ${file}`, result.failure);
  });
}

export interface PushOptions {
  /** Default: the user's own credentials. */
  readonly auth?: Pick<RegistryAuth, 'username' | 'password'>;
  readonly signal?: AbortSignal;
}

/**
 * Pushes all of a layout, bytes unchanged. Plain HTTP is tried for registries on this machine only.
 * @returns the digest that the registry now serves under `reference`
 * Throws a RegistryError; its extensions say INFRASTRUCTURE when a retry may help.
 */
export async function push(layoutDir: string, reference: string, options: PushOptions = {}): Promise<string> {
  const parsed = parseReference(reference);
  if (parsed.digest !== undefined)
    throw new Error(`cannot push to ${reference}: a digest is what a push gives, name a tag`);
  const work = await mkdtemp(join(tmpdir(), 'quayside-push-'));
  try {
    const digestFile = join(work, 'digest');
    const args = ['--quiet', '--all', '--preserve-digests', '--retry-times', '0', '--digestfile', digestFile];
    if (isLoopback(parsed)) args.push('--dest-tls-verify=false');
    const { auth, ...rest } = options;
    const result = await skopeo('copy', [...args, `oci:${layoutDir}`, `docker://${formatReference(parsed)}`], {
      ...rest,
      ...defined({ auth: auth && [{ registry: parsed.registry, ...auth }] }),
    });
    if (!result.ok) throw new RegistryError(`cannot push ${reference}`, result.failure);
    return (await readFile(digestFile, 'utf8')).trim();
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
