/** Credentials of whoever is signed in on this machine: what `docker login` and `podman login` keep, and the helpers that they name. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Credentials } from './authorization.js';

/** The form of Docker's config.json and of containers-auth.json(5). */
interface AuthFile {
  readonly auths?: Readonly<Record<string, { readonly auth?: string; readonly identitytoken?: string }>>;
  readonly credsStore?: string;
  readonly credHelpers?: Readonly<Record<string, string>>;
}

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
 * @returns the first that is found; undefined when nobody is signed in. Throws when a file or a helper that is there does not work
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
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
    throw new Error(`credentials of registries cannot be read: ${error.message}`, { cause: error });
  });
  if (text === undefined || text.trim() === '') return undefined;
  try {
    return JSON.parse(text) as AuthFile;
  } catch (error) {
    throw new Error(`${path} is not JSON, as \`docker login\` writes it`, { cause: error });
  }
}

/** The names that an address may be kept under, the nearest first. */
function keysOf(address: string): readonly string[] {
  const parts = address.split('/');
  const keys = parts.map((_, at) => parts.slice(0, parts.length - at).join('/'));
  const host = parts[0]!;
  return host === 'docker.io' ? [...keys, 'index.docker.io/v1', 'index.docker.io'] : keys;
}

const plain = (key: string): string => key.replace(/^https?:\/\//, '').replace(/\/(?:v1|v2)?\/?$/, '');

async function inFile(
  { auths = {}, credHelpers = {}, credsStore }: AuthFile,
  address: string,
): Promise<Credentials | undefined> {
  const keys = keysOf(address).map(plain);
  const host = keys.at(-1)!;
  const kept = keys.flatMap(key => Object.keys(auths).filter(candidate => plain(candidate) === key));
  const helper = keys.map(key => credHelpers[key]).find(name => name !== undefined) ?? credsStore;
  if (helper !== undefined) {
    const asked = kept[0] ?? (address.startsWith('docker.io/') ? 'https://index.docker.io/v1/' : host);
    const given = await askHelper(helper, asked);
    if (given) return given;
  }
  for (const key of kept) {
    const { auth, identitytoken } = auths[key]!;
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
  const running = promisify(execFile)(program, ['get']);
  running.child.stdin?.on('error', () => undefined);
  running.child.stdin?.end(`${server}\n`);
  try {
    const { Username, Secret } = JSON.parse((await running).stdout) as { Username: string; Secret: string };
    if (Username === '<token>') return { kind: 'identity token', token: Secret };
    return { kind: 'password', username: Username, password: Secret };
  } catch (error) {
    const { code, stdout = '', stderr = '' } = error as { code?: unknown; stdout?: string; stderr?: string };
    if (/credentials not found/i.test(`${stdout}${stderr}`)) return undefined;
    const why = code === 'ENOENT' ? 'it is not installed' : `${stdout}${stderr}`.trim().split('\n')[0] || 'it failed';
    throw new Error(`${program}, which keeps the credentials of ${server}, gives none: ${why}`, { cause: error });
  }
}
