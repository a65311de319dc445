/** Trees that come from the host's package managers: a Debian root and the files of an npm package. */
import { join } from 'node:path';
import { InfrastructureError } from '../errors.js';
import { makeDirectories } from '../fs/copy.js';
import { integrityOf } from '../fs/integrity.js';
import { findByEnding } from '../fs/list.js';
import { removeTree } from '../fs/remove-tree.js';
import { watchStubs } from '../fs/stubs.js';
import { writeText } from '../fs/text.js';
import { defaultPath } from '../objects/container.js';
import type { OpOf } from '../objects/op.js';
import { ownScriptPath } from '../objects/own-script.js';
import { runArguments } from '../podman/args.js';
import { type HostCommand, runOnHost } from '../podman/host-command.js';
import { keepFilled } from '../store/filled-layers.js';
import type { Made } from '../store/snapshots.js';
import type { EngineContext } from './context.js';

/** Runs a command of this machine, which the end of the session ends. @throws InfrastructureError when it fails */
const onHost = ({ env, activity }: EngineContext, command: HostCommand): Promise<void> =>
  runOnHost(command, env, activity.signal);

/** Makes a layer out of a directory that `fill` writes. */
async function fetchLayer(context: EngineContext, fill: (directory: string) => Promise<string>): Promise<Made> {
  const layer = await keepFilled(context.store, directory => context.limit(() => fill(directory)));
  return { layers: [layer] };
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

/** How often apt asks a server again, and how long it waits for one that says nothing. */
const PATIENCE = ['Acquire::Retries "2"', 'Acquire::http::Timeout "10"'].map(option => `--aptopt=${option}`);

/** npm's own would wait for minutes. */
const NPM_PATIENCE = [
  '--fetch-retries=2',
  '--fetch-retry-factor=2',
  '--fetch-retry-mintimeout=1000',
  '--fetch-timeout=30000',
];

/** Makes a Debian root with mmdebstrap, which also works in a user namespace and takes a third of debootstrap's time. @throws InfrastructureError when it fails */
export function fetchBootstrap(context: EngineContext, op: OpOf<'bootstrap'>): Promise<Made> {
  return fetchLayer(context, async directory => {
    const root = join(directory, 'root');
    const options = ['--mode=root', `--variant=${op.variant}`, `--setup-hook=${MERGE_USR}`, ...PATIENCE];
    // What it would look for itself is hidden from it here, and was looked for before.
    const foreign = op.architecture === undefined ? [] : [`--architectures=${op.architecture}`, '--skip=check/qemu'];
    const what = `Debian ${op.suite} by mmdebstrap`;
    await onHost(context, {
      what,
      command: 'mmdebstrap',
      args: [...options, ...foreign, op.suite, root],
      cwd: directory,
    });
    // Of no use any more, and this machine's own, copied into it.
    for (const file of [PIN, 'etc/resolv.conf', 'etc/hostname']) await removeTree(join(root, file));
    if (op.finish !== '') await finishBootstrap(context, op.finish, directory, root);
    return root;
  });
}

async function finishBootstrap(context: EngineContext, script: string, directory: string, root: string): Promise<void> {
  const file = join(directory, 'finish.sh');
  const target = ownScriptPath('finish.sh');
  writeText(file, script);
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
export function fetchNpmPackage(context: EngineContext, op: OpOf<'npm'>): Promise<Made> {
  return fetchLayer(context, async directory => {
    const what = `the npm package ${op.package}@${op.version}`;
    const pack = [
      'pack',
      ...NPM_PATIENCE,
      '--loglevel=error',
      '--pack-destination',
      directory,
      `${op.package}@${op.version}`,
    ];
    await onHost(context, { what, command: 'npm', args: pack, cwd: directory });
    const tarball = findByEnding(directory, '.tgz');
    if (tarball === undefined) throw new InfrastructureError(`npm pack ${op.package}@${op.version} wrote no package`);
    const actual = integrityOf(tarball, op.integrity.split('-')[0] ?? '');
    if (actual !== op.integrity)
      throw new Error(`npm package ${op.package}@${op.version}: expected integrity ${op.integrity}, got ${actual}`);
    const root = join(directory, 'root');
    makeDirectories(root);
    const unpack = ['--no-same-owner', '--strip-components=1', '--extract', '--file', tarball, '--directory', root];
    await onHost(context, { what, command: 'tar', args: unpack, cwd: directory });
    return root;
  });
}
