/** Addresses for a network of containers. */
import { randomInt } from 'node:crypto';
import { InfrastructureError } from '../errors.js';
import type { ProcessResult } from './invoke.js';

const attempts = 8;

/**
 * Makes a network on a subnet that nothing else on this machine uses: what two choose at once must not be the same, and what is taken
 * (podman's own default network, a company's) is known only when podman refuses it.
 * @param create asks podman for a network on a subnet
 * @returns the first three numbers of its addresses, as `10.70.3`
 * @throws InfrastructureError with podman's words when it refuses one subnet after another
 */
export async function onFreeSubnet(create: (subnet: string) => Promise<Pick<ProcessResult, 'exitCode' | 'stderr'>>) {
  for (let attempt = 1; ; attempt += 1) {
    const prefix = `10.${randomInt(64, 250)}.${randomInt(0, 256)}`;
    const { exitCode, stderr } = await create(`${prefix}.0/24`);
    if (exitCode === 0) return prefix;
    if (attempt === attempts) throw new InfrastructureError(`podman cannot create a network: ${stderr.trim()}`);
  }
}
