import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ExecaError, execa, type Options } from 'execa';
import { onFreeSubnet } from '../../../engine/podman/subnet.js';

/** Buildah and podman on a storage of the test's own, with a configuration that works on machines where crun does not. */
export interface Tools {
  /** Environment for any of them. */
  readonly env: Record<string, string>;
  readonly buildah: (...args: string[]) => Promise<string>;
  readonly podman: (...args: string[]) => Promise<string>;
  /** Makes a network on a subnet that nothing else on this machine uses; gives the subnet's first three numbers. */
  readonly network: (name: string) => Promise<string>;
  /** What a container wrote, to both streams. */
  readonly logs: (container: string) => Promise<string>;
  /** Unmounts what the storage mounted. */
  readonly close: () => Promise<void>;
}

/** Prepares the tools with everything they keep below `dir`. */
export async function containerTools(dir: string): Promise<Tools> {
  await mkdir(dir, { recursive: true });
  const conf = join(dir, 'containers.conf');
  const limits = 'default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]';
  const engine = ['[engine]', 'runtime = "runc"', 'cgroup_manager = "cgroupfs"', 'events_logger = "none"'];
  await writeFile(conf, ['[containers]', limits, ...engine, ''].join('\n'));
  const env = { CONTAINERS_CONF: conf };
  const storage = ['--root', join(dir, 'root'), '--runroot', join(dir, 'run'), '--storage-driver', 'overlay'];
  const networks = join(dir, 'networks');
  const options: Options = { env, stdin: 'ignore' };
  const run =
    (tool: string, ...global: string[]) =>
    async (...args: string[]): Promise<string> => {
      for (let attempt = 1; ; attempt += 1) {
        const call = await execa(tool, [...storage, ...global, ...args], { ...options, reject: false });
        // Buildah runs a sealed copy of itself, and the kernel refuses the seal while it moves the copy's pages.
        if (call.failed && attempt < 5 && String(call.stderr).includes('sealing memfd copy')) continue;
        if (call.failed) throw call;
        return String(call.stdout);
      }
    };
  const podman = run('podman', '--network-config-dir', networks);
  return {
    env,
    buildah: run('buildah'),
    podman,
    network: async name => {
      const prefix = await onFreeSubnet(subnet =>
        podman('network', 'create', '--disable-dns', `--subnet=${subnet}`, name).then(
          () => ({ exitCode: 0, stderr: '' }),
          error => ({ exitCode: 125, stderr: String((error as ExecaError).stderr) }),
        ),
      );
      const file = join(networks, `${name}.json`);
      const config = {
        ...JSON.parse(await readFile(file, 'utf8')),
        network_interface: `qt${prefix.replaceAll('.', '-')}`,
      };
      await writeFile(file, JSON.stringify(config));
      return prefix;
    },
    logs: async container => {
      const { all } = await execa('podman', [...storage, 'logs', container], { ...options, all: true });
      // Podman's own remarks on the machine.
      return String(all).replaceAll(/^time=.*\n?/gm, '');
    },
    close: async () => {
      await execa('umount', ['--recursive', '--lazy', join(dir, 'root/overlay')], { reject: false });
    },
  };
}
