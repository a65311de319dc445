/** Trees that come from the host's package managers: a Debian root and the files of an npm package. */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { InfrastructureError } from '../errors.js';
import { removeTree } from '../fs/remove-tree.js';
import { defaultPath } from '../objects/container.js';
import { sha256 } from '../objects/digest.js';
import type { OpOf } from '../objects/op.js';
import { runArguments } from '../podman/args.js';
import { withLock } from '../store/locks.js';
import type { EngineContext } from './context.js';
import { watchStubs } from './stubs.js';

async function onHost(command: string, args: readonly string[], cwd: string, env: NodeJS.ProcessEnv): Promise<void> {
  const result = await execa(command, args, { cwd, env, extendEnv: false, reject: false, all: true });
  if (result.exitCode !== 0)
    throw new InfrastructureError(
      `${command} ${args.join(' ')} failed on this machine: ${String(result.all ?? result.message).slice(-2000)}`,
    );
}

/** Makes a layer out of a directory that `fill` writes, once at a time on this machine. */
async function fetchLayer(
  context: EngineContext,
  name: string,
  fill: (directory: string) => Promise<string>,
): Promise<readonly string[]> {
  return withLock(context.dirs.locks, `fetch-${sha256(name).slice(0, 16)}`, async () => {
    const layer = context.store.newLayer();
    mkdirSync(layer.scratch, { recursive: true });
    try {
      await context.store.addLayer(layer.id, await context.limit(() => fill(layer.scratch)));
      return [layer.id];
    } finally {
      await removeTree(layer.scratch);
    }
  });
}

/** Makes a Debian root with mmdebstrap, which also works in a user namespace and takes a third of debootstrap's time. @throws InfrastructureError when it fails */
export function fetchBootstrap(context: EngineContext, op: OpOf<'bootstrap'>): Promise<readonly string[]> {
  return fetchLayer(context, `mmdebstrap ${op.suite} ${op.variant}`, async directory => {
    const root = join(directory, 'root');
    // In a mount namespace of its own: what is mounted for it is gone when it ends, however it ends.
    await onHost(
      'unshare',
      ['--mount', 'mmdebstrap', '--mode=root', `--variant=${op.variant}`, op.suite, root],
      directory,
      context.env,
    );
    // This machine's own, copied into it.
    for (const file of ['etc/resolv.conf', 'etc/hostname']) await removeTree(join(root, file));
    if (op.finish !== '') await finishBootstrap(context, op.finish, directory, root);
    return root;
  });
}

async function finishBootstrap(context: EngineContext, script: string, directory: string, root: string): Promise<void> {
  const file = join(directory, 'finish.sh');
  const target = '/dev/.quayside/finish.sh';
  writeFileSync(file, script);
  const clearStubs = watchStubs(root, []);
  const result = await context.podman.call(
    runArguments({
      rootfs: root,
      args: ['sh', '-eu', target],
      env: [['PATH', defaultPath], ...context.trust.env],
      envNames: [],
      user: '',
      workdir: '/',
      mounts: [...context.trust.mounts, { kind: 'bind', source: file, target, readOnly: true }],
      network: await context.podman.network(),
      hosts: [],
      mode: 'attached',
      stdin: false,
    }),
  );
  clearStubs();
  if (result.exitCode !== 0)
    throw new InfrastructureError(`finishing the Debian root failed: ${result.stderr.slice(-2000)}`);
}

/** Gets an npm package with `npm pack` and unpacks it. @throws Error when its integrity is not the recorded one */
export function fetchNpmPackage(context: EngineContext, op: OpOf<'npm'>): Promise<readonly string[]> {
  return fetchLayer(context, `npm ${op.package} ${op.version}`, async directory => {
    await onHost(
      'npm',
      ['pack', '--silent', '--pack-destination', directory, `${op.package}@${op.version}`],
      directory,
      context.env,
    );
    const tarball = readdirSync(directory).find(name => name.endsWith('.tgz'));
    if (tarball === undefined) throw new InfrastructureError(`npm pack ${op.package}@${op.version} wrote no package`);
    const [algorithm = '', expected = ''] = op.integrity.split(/-(.*)/s);
    const actual = createHash(algorithm)
      .update(readFileSync(join(directory, tarball)))
      .digest('base64');
    if (actual !== expected)
      throw new Error(
        `npm package ${op.package}@${op.version}: expected integrity ${op.integrity}, got ${algorithm}-${actual}`,
      );
    const unpacked = join(directory, 'unpacked');
    mkdirSync(unpacked);
    await onHost(
      'tar',
      [
        '--extract',
        '--file',
        join(directory, tarball),
        '--directory',
        unpacked,
        '--no-same-owner',
        '--strip-components=1',
      ],
      directory,
      context.env,
    );
    const root = join(directory, 'root');
    await rename(unpacked, root);
    return root;
  });
}
