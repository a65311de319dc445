/** Trees that come from the host's package managers: a Debian root and the files of an npm package. */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { InfrastructureError } from '../errors.js';
import { removeTree } from '../fs/remove-tree.js';
import { watchStubs } from '../fs/stubs.js';
import { defaultPath } from '../objects/container.js';
import type { OpOf } from '../objects/op.js';
import { runArguments } from '../podman/args.js';
import type { Snapshot } from '../store/snapshots.js';
import type { EngineContext } from './context.js';

/**
 * Runs a command of this machine. It and all it starts are in namespaces of their own, whose first process dies with the engine or at the
 * end of the session: then the kernel ends the rest and takes down what was mounted.
 */
async function onHost(
  { env, activity }: EngineContext,
  command: string,
  args: readonly string[],
  cwd: string,
): Promise<void> {
  const isolated = ['--pdeathsig', 'KILL', 'unshare', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc'];
  const result = await execa('setpriv', [...isolated, '--', command, ...args], {
    cwd,
    env,
    extendEnv: false,
    reject: false,
    all: true,
    cancelSignal: activity.signal,
  });
  if (result.exitCode !== 0)
    throw new InfrastructureError(
      `${command} ${args.join(' ')} failed on this machine: ${String(result.all ?? result.message).slice(-2000)}`,
    );
}

/** Makes a layer out of a directory that `fill` writes and stores it under `key`. */
async function fetchLayer(
  context: EngineContext,
  key: string,
  fill: (directory: string) => Promise<string>,
): Promise<Snapshot> {
  const layer = context.store.newLayer();
  mkdirSync(layer.scratch, { recursive: true });
  try {
    await context.store.addLayer(layer.id, await context.limit(() => fill(layer.scratch)));
    return await context.store.put({ key, layers: [layer.id] });
  } finally {
    await removeTree(layer.scratch);
  }
}

/** Keeps apt from one package while the root is made. */
const PIN = 'etc/apt/preferences.d/quayside';

/** Merges /usr before anything is unpacked: the package that would do it afterwards in bookworm brings all of Perl. */
const MERGE_USR = [
  'cd "$1"',
  'for dir in bin sbin lib lib64; do mkdir -p usr/$dir; ln -s usr/$dir $dir; done',
  'mkdir -p etc/apt/preferences.d',
  `printf 'Package: usrmerge\\nPin: release *\\nPin-Priority: -1\\n' > ${PIN}`,
].join(' && ');

/** Makes a Debian root with mmdebstrap, which also works in a user namespace and takes a third of debootstrap's time. @throws InfrastructureError when it fails */
export function fetchBootstrap(context: EngineContext, op: OpOf<'bootstrap'>, key: string): Promise<Snapshot> {
  return fetchLayer(context, key, async directory => {
    const root = join(directory, 'root');
    const options = ['--mode=root', `--variant=${op.variant}`, `--setup-hook=${MERGE_USR}`];
    await onHost(context, 'mmdebstrap', [...options, op.suite, root], directory);
    // Of no use any more, and this machine's own, copied into it.
    for (const file of [PIN, 'etc/resolv.conf', 'etc/hostname']) await removeTree(join(root, file));
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
export function fetchNpmPackage(context: EngineContext, op: OpOf<'npm'>, key: string): Promise<Snapshot> {
  return fetchLayer(context, key, async directory => {
    await onHost(
      context,
      'npm',
      ['pack', '--silent', '--pack-destination', directory, `${op.package}@${op.version}`],
      directory,
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
      context,
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
    );
    const root = join(directory, 'root');
    await rename(unpacked, root);
    return root;
  });
}
