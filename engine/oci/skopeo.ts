/** The edge to skopeo: one call, credentials in a private file, failures classified. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { defined } from '../defined.js';
import { answered } from '../podman/silence.js';
import { classifyRegistryFailure, type RegistryFailure } from './registry-failure.js';

export interface RegistryAuth {
  /** With the port; `docker.io` for Docker Hub. */
  readonly registry: string;
  readonly username: string;
  readonly password: string;
}

export interface SkopeoOptions {
  /** Credentials for this call. Default: the user's own (`podman login`, `docker login`). */
  readonly auth?: readonly RegistryAuth[];
  /** Added to the environment. QUAYSIDE_REGISTRIES_CONF, here or there, names a registries.conf to use in place of the user's. */
  readonly env?: Readonly<Record<string, string>>;
  /** After this the call counts as unreachable. Default: no limit. */
  readonly timeoutMs?: number | undefined;
  /** After so long without an answer to a packet the call counts as unreachable. Default: `patienceMs`. */
  readonly silenceMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export type SkopeoResult =
  | { readonly ok: true; readonly stdout: Buffer }
  | { readonly ok: false; readonly failure: RegistryFailure };

/**
 * Runs skopeo. `args` must not hold secrets: anyone on the machine can read them.
 * Never throws for what skopeo reports; throws when skopeo is missing or the signal aborts.
 */
export async function skopeo(
  command: string,
  args: readonly string[],
  options: SkopeoOptions = {},
): Promise<SkopeoResult> {
  const { auth = [], env = {}, timeoutMs, silenceMs, signal } = options;
  const dir = auth.length === 0 ? undefined : await mkdtemp(join(tmpdir(), 'quayside-auth-'));
  try {
    const authArgs = dir === undefined ? [] : ['--authfile', await writeAuthFile(dir, auth)];
    const mirrors = env.QUAYSIDE_REGISTRIES_CONF ?? process.env.QUAYSIDE_REGISTRIES_CONF;
    const mirrorArgs = mirrors ? ['--registries-conf', mirrors] : [];
    const running = execa('skopeo', [...mirrorArgs, command, ...authArgs, ...args], {
      env,
      reject: false,
      encoding: 'buffer',
      stripFinalNewline: false,
      stdin: 'ignore',
      ...defined({ timeout: timeoutMs, cancelSignal: signal }),
    });
    const { result, silence } = await answered(running, silenceMs);
    if (!result.failed) return { ok: true, stdout: Buffer.from(result.stdout) };
    if (silence !== undefined) return { ok: false, failure: { kind: 'unreachable', reason: silence } };
    if (result.timedOut)
      return { ok: false, failure: { kind: 'unreachable', reason: `no answer within ${timeoutMs} ms` } };
    if (result.isCanceled || result.exitCode === undefined)
      throw new Error(`skopeo did not run: ${result.shortMessage}`, { cause: result });
    const stderr = mask(Buffer.from(result.stderr).toString(), auth);
    return { ok: false, failure: classifyRegistryFailure(stderr) };
  } finally {
    if (dir !== undefined) await rm(dir, { recursive: true, force: true });
  }
}

/** Formats credentials as Docker's config.json. */
export function authFile(auth: readonly RegistryAuth[]): string {
  const entries = auth.map(({ registry, username, password }) => [
    registry,
    { auth: Buffer.from(`${username}:${password}`).toString('base64') },
  ]);
  return JSON.stringify({ auths: Object.fromEntries(entries) });
}

async function writeAuthFile(dir: string, auth: readonly RegistryAuth[]): Promise<string> {
  const file = join(dir, 'auth.json');
  await writeFile(file, authFile(auth), { mode: 0o600 });
  return file;
}

function mask(text: string, auth: readonly RegistryAuth[]): string {
  return auth.reduce((masked, { password }) => (password === '' ? masked : masked.replaceAll(password, '***')), text);
}
