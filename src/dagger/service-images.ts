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
    if (error instanceof Error) error.message = `service ${id}: ${error.message}\n  fix: ${wayOut(id)}`;
    throw error;
  }
}

function wayOut(id: string): string {
  return `write in quayside.yaml: services: { ${id}: false } to go on without it, or services: { ${id}: { image: ... } } for an image that can be had`;
}
