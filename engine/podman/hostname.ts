/** Keeps podman from telling processes their host's name. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { unnamed } from './args.js';

/** Writes, as an OCI hook into `hooks`, what takes HOSTNAME out of the environment: podman puts it there and has no option against it. */
export function writeHostnameHook(hooks: string): void {
  const hook = {
    path: '/bin/sed',
    args: ['sed', '-E', '-e', 's/"HOSTNAME=[^"]*",//', '-e', 's/,?"HOSTNAME=[^"]*"//'],
    env: ['LC_ALL=C'],
  };
  const when = { annotations: { [`^${unnamed.replace('.', '\\.')}$`]: '^1$' } };
  writeFileSync(join(hooks, 'hostname.json'), JSON.stringify({ version: '1.0.0', hook, when, stages: ['precreate'] }));
}
