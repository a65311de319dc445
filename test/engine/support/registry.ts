import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { debianPackage } from './debian-package.js';

export interface TestRegistry {
  /** `127.0.0.1:PORT` */
  readonly host: string;
  readonly stop: () => Promise<void>;
}

/** How a registry is reached, where that is not by plain HTTP on the loopback interface. */
export interface Reached {
  /** Address that it is known by; it listens everywhere then. */
  readonly address?: string;
  /** Files of its certificate, and of the key. */
  readonly tls?: { readonly certificate: string; readonly key: string };
  /** The server that gives tokens for it, as docker-registry's configuration has it. */
  readonly token?: Readonly<Record<string, string>>;
}

/**
 * Starts Debian's docker-registry on a free port of the loopback interface, with its data in `dir`.
 * @param user asks for this user and password (bcrypt, by way of htpasswd's format) when given
 */
export async function startRegistry(
  dir: string,
  user?: { name: string; bcrypt: string },
  { address, tls, token }: Reached = {},
): Promise<TestRegistry> {
  const binary = join(await debianPackage('docker-registry'), 'usr/bin/docker-registry');
  await mkdir(dir, { recursive: true });
  const port = await freePort();
  const config: Record<string, unknown> = {
    version: '0.1',
    log: { level: 'error' },
    storage: { filesystem: { rootdirectory: join(dir, 'data') } },
    http: {
      addr: `${address === undefined ? '127.0.0.1' : '0.0.0.0'}:${port}`,
      secret: createHash('sha256').update(dir).digest('hex'),
      ...(tls && { tls: { certificate: tls.certificate, key: tls.key } }),
    },
    ...(token && { auth: { token } }),
  };
  if (user !== undefined) {
    await writeFile(join(dir, 'htpasswd'), `${user.name}:${user.bcrypt}\n`);
    config.auth = { htpasswd: { realm: 'test', path: join(dir, 'htpasswd') } };
  }
  // JSON is YAML.
  await writeFile(join(dir, 'config.yml'), JSON.stringify(config));
  const child = execa(binary, ['serve', join(dir, 'config.yml')], { reject: false, stdout: 'ignore', stderr: 'pipe' });
  const host = `${address ?? '127.0.0.1'}:${port}`;
  for (let tries = 0; ; tries++) {
    // One that speaks TLS answers as well: with 400.
    const answer = await fetch(`http://127.0.0.1:${port}/v2/`).catch(() => undefined);
    if (answer !== undefined) break;
    if (tries > 100) {
      child.kill('SIGKILL');
      throw new Error(`docker-registry does not answer: ${(await child).stderr}`);
    }
    await sleep(50);
  }
  return {
    host,
    stop: async () => {
      child.kill('SIGKILL');
      await child;
    },
  };
}

/** A password as a registry's file of users has it. */
export async function bcrypt(password: string): Promise<string> {
  const script = 'import crypt, sys; print(crypt.crypt(sys.argv[1], crypt.mksalt(crypt.METHOD_BLOWFISH, rounds=16)))';
  const { stdout } = await execa('python3', ['-c', script, password]);
  return stdout.replace(/^\$2b\$/, '$2y$');
}

/** A port that nothing listens on at this moment. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise(resolve => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
