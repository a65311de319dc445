import { expect, it } from 'vitest';
import { onFreeSubnet } from '../../../engine/podman/subnet.js';

const taken = { exitCode: 125, stderr: 'Error: subnet is already used on the host or by another config\n' };
const made = { exitCode: 0, stderr: '' };

it('passes over subnets that something else on the machine uses', async () => {
  const asked: string[] = [];
  const prefix = await onFreeSubnet(async subnet => (asked.push(subnet) < 3 ? taken : made));
  expect(asked).toHaveLength(3);
  expect(asked[2]).toBe(`${prefix}.0/24`);
  expect(new Set(asked).size).toBeGreaterThan(1);
});

it('gives up with the words of podman', async () => {
  await expect(onFreeSubnet(async () => taken)).rejects.toThrow(
    'podman cannot create a network: Error: subnet is already used on the host or by another config',
  );
});
