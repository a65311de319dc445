/** From an OCI layout to where it is wanted: an archive or a registry. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { defined } from '../defined.js';
import { replaceFile } from '../fs/replace-file.js';
import { classifyRegistryFailure, RegistryError } from './registry-failure.js';
import { formatReference, isLoopback, parseReference } from './registry-reference.js';
import { type RegistryAuth, skopeo } from './skopeo.js';

/** Nothing of the machine or the moment: the same layout is the same archive. */
const SAME_BYTES = ['--sort=name', '--owner=0', '--group=0', '--numeric-owner', '--mtime=@0', '--mode=u=rwX,go=rX'];

/** Writes a layout, all that is in it, as one tar file, which replaces what is there. Fails with tar's message. */
export async function toArchive(layoutDir: string, file: string, signal?: AbortSignal): Promise<void> {
  await replaceFile(file, async beside => {
    // What leads to the blobs comes before them, for those who read while it comes.
    const entries = (await readdir(layoutDir)).sort().reverse();
    const args = [
      '--create',
      '--format=gnu',
      ...SAME_BYTES,
      `--file=${beside}`,
      `--directory=${layoutDir}`,
      ...entries,
    ];
    const result = await execa('tar', args, {
      reject: false,
      stdin: 'ignore',
      env: { LC_ALL: 'C' },
      ...defined({ cancelSignal: signal }),
    });
    if (!result.failed || onlyLinked(result)) return;
    if (result.isCanceled || result.exitCode === undefined)
      throw new Error(`tar did not run: ${result.shortMessage}`, { cause: result });
    throw new RegistryError(`cannot write ${file}`, classifyRegistryFailure(firstLine(result.stderr)));
  });
}

/** Blobs do not change, but one that another layout links to, or does no longer, looks to tar as if it did. */
const onlyLinked = ({ exitCode, stderr }: { readonly exitCode?: number; readonly stderr: string }): boolean =>
  exitCode === 1 && stderr.split('\n').every(line => line.endsWith(': file changed as we read it'));

/** What tar says first is the reason; what follows is that it stops. */
const firstLine = (stderr: string): string => stderr.split('\n', 1)[0]!;

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
