/** Parts of the plan laid on containers: images, variables, files, probes. */
import { type Container, dag } from '@dagger.io/dagger';
import type { PlanFile, Probe } from '../plan/types.js';

/** Gets an image, or makes what stands in for it; rejects with the engine's own failure when it cannot be had. */
export async function findImage(address: string): Promise<void> {
  // The first thing that is only known of an image that is there.
  await dag.container().from(address).workdir();
}

/** The digest that the tag of an image leads to; undefined: the engine has the image, and no registry says which it is. */
export async function digestOfImage(reference: string): Promise<string | undefined> {
  const full = await dag.container().from(reference).imageRef();
  return /@(sha256:[0-9a-f]{64})$/.exec(full)?.[1];
}

/** Sets plain variables. */
export function withVariables(container: Container, values: Readonly<Record<string, string>> = {}): Container {
  return Object.entries(values).reduce((to, [name, value]) => to.withEnvVariable(name, value), container);
}

/** Lays a file of the plan where it belongs. */
export function withFile(container: Container, { path, content, mode }: PlanFile): Container {
  return container.withNewFile(path, content, { permissions: mode });
}

/** Lets a container say whether it is ready, where its image and its ports do not. */
export function withProbe(container: Container, probe: Probe): Container {
  if (probe.kind !== 'exec') return container;
  const { args, ...times } = probe.check;
  return container.withDockerHealthcheck([...args], times);
}
