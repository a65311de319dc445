/** Credentials of whoever is signed in on this machine: what `docker login` and `podman login` keep, and the helpers that they name. */
import { execFile } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as z from 'zod';
import type { Credentials } from './authorization.js';
import { RegistryFailure } from './failure.js';

/** The form of Docker's config.json and of containers-auth.json(5); null stands for what is absent, as Go writes it. */
const AUTH_FILE = z.object({
  auths: z.record(z.string(), z.object({ auth: z.string().nullish(), identitytoken: z.string().nullish() })).nullish(),
  credsStore: z.string().nullish(),
  credHelpers: z.record(z.string(), z.string()).nullish(),
});

type AuthFile = z.infer<typeof AUTH_FILE>;

/** What a helper answers. */
const GIVEN = z.object({ Username: z.string(), Secret: z.string() });

/** Larger files are none that anybody signed in with. */
const LARGEST_FILE = 8 * 1024 * 1024;
/** How long a helper may take, in milliseconds: it may ask whoever sits there. */
const HELPER_PATIENCE = 60_000;

type Environment = Readonly<Record<string, string | undefined>>;

/** Where credentials may lie, the first first: a file that is named, Podman's of this login, Podman's own, Docker's. */
function authFiles({
  REGISTRY_AUTH_FILE,
  XDG_RUNTIME_DIR,
  XDG_CONFIG_HOME,
  DOCKER_CONFIG,
  HOME = homedir(),
}: Environment) {
  if (REGISTRY_AUTH_FILE) return [REGISTRY_AUTH_FILE];
  return [
    ...(XDG_RUNTIME_DIR ? [join(XDG_RUNTIME_DIR, 'containers/auth.json')] : []),
    join(XDG_CONFIG_HOME || join(HOME, '.config'), 'containers/auth.json'),
    join(DOCKER_CONFIG || join(HOME, '.docker'), 'config.json'),
  ];
}

/**
 * Looks for the credentials of a registry, or of a part of it (`ghcr.io/acme`), which Podman knows as well.
 * @param address the repository in full
 * @returns the first that is found; undefined when nobody is signed in. Throws a RegistryFailure when a file or a helper that is there does not work
 */
export async function signedIn(address: string, env: Environment = process.env): Promise<Credentials | undefined> {
  for (const file of authFiles(env)) {
    const known = await readAuthFile(file);
    const found = known && (await inFile(known, address));
    if (found) return found;
  }
  return undefined;
}

async function readAuthFile(path: string): Promise<AuthFile | undefined> {
  const text = await textOf(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
    throw unusable(`credentials of registries cannot be read: ${error.message}`, error);
  });
  if (text === undefined || text.trim() === '') return undefined;
  const read = AUTH_FILE.safeParse(jsonOrUndefined(text));
  if (read.success) return read.data;
  const where = read.error.issues[0]?.path.join('.');
  throw unusable(`${path} is not JSON, as \`docker login\` writes it${where ? ` (${where})` : ''}`);
}

async function textOf(path: string): Promise<string> {
  // What is no file may never end, or never begin.
  const found = await stat(path);
  if (!found.isFile() || found.size > LARGEST_FILE) throw new Error(`${path} is no file, or a very large one`);
  return readFile(path, 'utf8');
}

function jsonOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function unusable(reason: string, cause?: unknown): RegistryFailure {
  return new RegistryFailure('denied', reason, { cause });
}

/** The names that an address may be kept under, the nearest first. */
function keysOf(address: string): readonly string[] {
  const parts = address.split('/');
  const keys = parts.map((_, at) => parts.slice(0, parts.length - at).join('/'));
  const host = parts[0]!;
  return host === 'docker.io' ? [...keys, 'index.docker.io/v1', 'index.docker.io'] : keys;
}

const plain = (key: string): string => key.replace(/^https?:\/\//, '').replace(/\/(?:v1|v2)?\/?$/, '');

async function inFile(file: AuthFile, address: string): Promise<Credentials | undefined> {
  const auths = new Map(Object.entries(file.auths ?? {}));
  const helpers = new Map(Object.entries(file.credHelpers ?? {}));
  const keys = keysOf(address).map(plain);
  const host = keys.at(-1)!;
  const kept = keys.flatMap(key => [...auths.keys()].filter(candidate => plain(candidate) === key));
  const helper = keys.map(key => helpers.get(key)).find(name => name !== undefined) ?? (file.credsStore || undefined);
  if (helper !== undefined) {
    const asked = kept[0] ?? (address.startsWith('docker.io/') ? 'https://index.docker.io/v1/' : host);
    const given = await askHelper(helper, asked);
    if (given) return given;
  }
  for (const key of kept) {
    const { auth, identitytoken } = auths.get(key)!;
    if (identitytoken) return { kind: 'identity token', token: identitytoken };
    const text = Buffer.from(auth ?? '', 'base64').toString();
    const colon = text.indexOf(':');
    // The program that writes them ends them with a null sometimes, as Docker knows.
    if (colon > 0)
      return { kind: 'password', username: text.slice(0, colon), password: text.slice(colon + 1).replace(/\0+$/, '') };
  }
  return undefined;
}

/** Asks a helper by the protocol of docker-credential-helpers: the server's name on standard input, JSON on standard output. */
async function askHelper(name: string, server: string): Promise<Credentials | undefined> {
  const program = `docker-credential-${name}`;
  if (!/^[\w.-]+$/.test(name)) throw unusable(`${program} is no name of a program that keeps credentials`);
  const failed = (why: string, cause?: unknown) =>
    unusable(`${program}, which keeps the credentials of ${server}, gives none: ${why}`, cause);
  const running = promisify(execFile)(program, ['get'], { timeout: HELPER_PATIENCE, killSignal: 'SIGKILL' });
  running.child.stdin?.on('error', () => undefined);
  running.child.stdin?.end(`${server}\n`);
  const stdout = await running.then(
    done => done.stdout,
    error => {
      const { code, stdout: said = '', stderr = '' } = error as HelperEnd;
      if (/credentials not found/i.test(`${said}${stderr}`)) return undefined;
      if (code === 'ENOENT') throw failed('it is not installed', error);
      if (typeof code !== 'number') throw failed('it takes too long, or prints too much', error);
      throw failed(`${said}${stderr}`.trim().split('\n')[0]!.slice(0, 300) || 'it failed', error);
    },
  );
  if (stdout === undefined) return undefined;
  // What it says is not told: it may be half a secret.
  const given = GIVEN.safeParse(jsonOrUndefined(stdout)).data;
  if (given === undefined) throw failed('its answer is not JSON with Username and Secret');
  if (given.Username === '<token>') return { kind: 'identity token', token: given.Secret };
  return { kind: 'password', username: given.Username, password: given.Secret };
}

interface HelperEnd {
  readonly code?: unknown;
  readonly stdout?: string;
  readonly stderr?: string;
}
