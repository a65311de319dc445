/** The programs that a Docker Engine of the tests consists of: Debian's packages, unpacked and not installed, and the client's plugins. */
import { join } from 'node:path';
import { execa } from 'execa';
import { debianPackage } from '../../engine/support/debian-package.js';
import { goTool } from '../go-tools.js';
import { pythonTools, withoutPythonTools } from '../python-tools.js';

export interface Programs {
  /** Directories with docker, dockerd, containerd and what these start. */
  readonly directories: readonly string[];
  /** The smallest first process of a container, for `docker run --init`. */
  readonly init: string;
  /** The client's plugins, by the names of their files. */
  readonly plugins: Readonly<Record<string, string>>;
}

/** Says why no Docker Engine of the tests can run on this machine; undefined: it can. */
export async function withoutDocker(): Promise<string | undefined> {
  if (process.getuid?.() !== 0) return 'a Docker Engine of its own needs root';
  for (const program of [
    'unshare',
    'nsenter',
    'findmnt',
    'flock',
    'ip',
    'iptables',
    'runc',
    'slirp4netns',
    'apt-get',
  ]) {
    const { failed } = await execa('sh', ['-c', `command -v ${program}`], { reject: false });
    if (failed) return `${program} is not there`;
  }
  const { failed, stderr } = await execa('unshare', ['-m', '-n', '-p', '--fork', 'true'], { reject: false });
  if (failed) return `namespaces are not allowed here: ${stderr}`;
  return withoutPythonTools();
}

/** Gives the programs; fetches first what is not there yet. */
export async function programs(): Promise<Programs> {
  const [docker, containerd, tini] = await Promise.all(['docker.io', 'containerd', 'tini'].map(debianPackage));
  const buildx = goTool('buildx');
  return {
    directories: [`${docker}/usr/bin`, `${docker}/usr/sbin`, `${containerd}/usr/bin`],
    init: `${tini}/usr/bin/tini-static`,
    plugins: {
      'docker-compose': join(await pythonTools(), 'docker-compose'),
      ...(buildx === undefined ? {} : { 'docker-buildx': buildx }),
    },
  };
}
