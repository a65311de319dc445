/** Images of services, asked for before anything is built: what takes minutes is not begun in vain. */
import { imageAddress } from '../plan/look-up.js';
import type { Need, Plan, ServiceSpec } from '../plan/types.js';
import { findImage } from './container.js';

/**
 * Looks the images of services up, all of the plan's or those that something needs. Rejects with the engine's own failure when one of
 * them cannot be had, with the key that goes on without it.
 */
export async function findServiceImages(plan: Plan, needs?: readonly Need[]): Promise<void> {
  const services = plan.services.filter(({ id }) => needs === undefined || needs.some(({ to }) => to === id));
  await Promise.all(services.map(service => findServiceImage(plan, service)));
}

async function findServiceImage(plan: Plan, { id, image }: ServiceSpec): Promise<void> {
  try {
    await findImage(imageAddress(plan, image));
  } catch (error) {
    if (error instanceof Error) {
      const fix = isNetworks(error.message) ? '' : `\n  fix: ${wayOut(id)}`;
      error.message = `service ${id}: ${error.message}${fix}`;
    }
    throw error;
  }
}

/** How engines say that nothing could be got at all: the local one of what stand-ins are made of, Dagger's of a registry. */
const NETWORK = /the network failed: |dial tcp|server misbehaving|no such host|i\/o timeout|failure in name resolution/;

/** Whether the network failed, so that no other image could be had either. A machine that only registries do not answer can still make stand-ins. */
const isNetworks = (message: string): boolean => NETWORK.test(message) && !message.includes('no registry answers');

function wayOut(id: string): string {
  return `write in quayside.yaml: services: { ${id}: false } to go on without it, or services: { ${id}: { image: ... } } for an image that can be had`;
}
