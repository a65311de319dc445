/** nginx that hands out what people have uploaded, in production, where the app leaves that to others. */
import type { Facts } from '../detect/facts.js';
import { readPackaged } from '../packaged.js';
import type { PlanFile, Process, Stage } from '../plan/types.js';
import { isWithin } from '../source/paths.js';
import { bring } from './assets.js';
import { allVolumes } from './data.js';
import { nginxStage, TEMPLATES, USER } from './gateway.js';
import { insideApp } from './paths.js';
import type { Ports } from './ports.js';
import { mayDo, NGINX_STOP } from './process-bounds.js';

const MEDIA = 'media';
const TEMPLATE = 'media.conf.template';

/** Uploads that it hands out. */
export interface Media {
  /** Address below which they are. */
  readonly url: string;
  /** Where they lie, and the volume that this is in. */
  readonly directory: string;
  readonly volume: string;
  /** Directories below it that are the app's own to hand out. */
  readonly kept: readonly string[];
}

/** Finds them; none where the app's own gateway is there to do so, where they lie in no volume, or a gateway is not wanted. */
export function mediaOf(facts: Facts, isWanted: boolean): Media | undefined {
  const { django, gateway, root } = facts;
  const media = django?.media;
  if (media === undefined || gateway !== undefined || !isWanted) return undefined;
  const { value, url, kept } = media;
  const directory = value.startsWith('/') ? value : `${insideApp(root?.value ?? '')}/${value}`;
  const volume = allVolumes(facts).find(path => isWithin(directory, path));
  return volume === undefined ? undefined : { url, directory, volume, kept };
}

/** Its image. */
export function mediaStages(name: string, media: Media | undefined, ports: Ports): readonly Stage[] {
  return media ? [nginxStage(MEDIA, `${name}-${MEDIA}`, ports.media, [bring(TEMPLATE)])] : [];
}

/** Its settings, as the plan brings them. */
export function mediaTemplate(media: Media | undefined): Readonly<Record<string, PlanFile>> {
  if (!media) return {};
  const { url, directory, kept } = media;
  const denied = kept.map(
    path =>
      `\n    # The app hands these out itself, to whom may have them.\n    location ${url}${path}/ {\n        return 404;\n    }\n`,
  );
  const content = readPackaged(`docker/${TEMPLATE}`)
    .replaceAll('@MEDIA_URL@', url)
    .replaceAll('@MEDIA_ROOT@', directory)
    .replace('@KEPT@\n', denied.join('') === '' ? '\n' : `${denied.join('')}\n`);
  return { [TEMPLATE]: { path: `${TEMPLATES}/${TEMPLATE}`, content, mode: 0o644 } };
}

/** The process that runs it. */
export function mediaProcess(media: Media | undefined, ports: Ports): readonly Process[] {
  if (!media) return [];
  return [
    {
      id: MEDIA,
      role: 'gateway',
      only: ['prod'],
      image: MEDIA,
      port: ports.media,
      below: media.url,
      probe: { kind: 'tcp', port: ports.media },
      needs: [],
      after: [],
      migrates: false,
      secrets: [],
      env: { HTTP_PORT: `${ports.media}` },
      volumes: [],
      reads: [media.volume],
      security: mayDo(USER),
      stop: NGINX_STOP,
      profiles: {},
    },
  ];
}
