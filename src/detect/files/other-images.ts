/** Services of a compose file that are built from the app's directory, and are another program's image all the same: a database with scripts of its own. */
import type { Tree } from '../../source/tree.js';
import { type ComposeService, dockerfileOf } from './compose-service.js';
import { readInstructions } from './dockerfile-instructions.js';
import { imageKind, readReference } from './service-images.js';

/** Servers that stand before an app, and programs beside it. */
const BESIDE = /(^|\/)(nginx(inc)?(-unprivileged)?|traefik|caddy|haproxy|httpd|solr|grafana|prometheus|rabbitmq)$/;

/** What says that an image has an app in it: Python, Node, or the whole directory. */
const HAS_APP = /python|\bpip|\buv\b|poetry|conda|pypy|corn\b|node|\bnpm\b|yarn|^(COPY|ADD)\s+(--\S+\s+)*\.\/?\s/im;

/** The services, those of another program's image as if they named that. */
export function ofOtherImages(tree: Tree, services: readonly ComposeService[]): Promise<readonly ComposeService[]> {
  return Promise.all(
    services.map(async service => {
      const file = dockerfileOf(service);
      const text = file === undefined ? undefined : await tree.read(file);
      const image = text === undefined ? undefined : lastImage(text);
      if (file === undefined || text === undefined || !image) return service;
      const isUnsaid = !service.dockerfile || HAS_APP.test(text) || image.value.includes('$');
      if (isUnsaid && !isOther(image.value)) return service;
      const { build: _, dockerfile: __, ...others } = service;
      return { ...others, image: { value: image.value, place: { file, line: image.line } } };
    }),
  );
}

function isOther(image: string): boolean {
  return imageKind(image) !== undefined || BESIDE.test(readReference(image).repository);
}

/** The image that the last stage of a Dockerfile is made from in the end. */
function lastImage(text: string): { readonly value: string; readonly line: number } | undefined {
  const stages = readInstructions(text).flatMap(instruction => (instruction.kind === 'from' ? [instruction] : []));
  const baseOf = (at: number) =>
    stages.slice(0, at).findLastIndex(({ name }) => name?.toLowerCase() === stages[at]!.image.toLowerCase());
  let at = stages.length - 1;
  for (let base = at < 0 ? -1 : baseOf(at); base >= 0; base = baseOf(at)) at = base;
  const last = stages[at];
  return last && { value: last.image, line: last.line };
}
