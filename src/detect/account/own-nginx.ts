/** An nginx that the app's own image has in front of the app, in the same container. */
import type { Facts, LeftStep } from '../facts.js';
import type { ImageStage } from '../files/image-stages.js';
import { systemInstalls } from '../files/system-installs.js';
import { placeOf } from './image-runs.js';
import { clipped } from './programs.js';

/** Finds it, by the files of its settings that the image has from the source. */
export async function leftNginx(stage: ImageStage, { gateway }: Facts): Promise<readonly LeftStep[]> {
  if (gateway) return [];
  const installs = await Promise.all(stage.instructions.map(async one => (await systemInstalls(one)).some(isNginx)));
  const installed = stage.instructions.find((_, at) => installs[at]);
  if (!installed && !/(^|[/_-])nginx\b/.test(stage.image)) return [];
  const copies = stage.instructions.flatMap(one => {
    const from = one.kind === 'copy' ? one.from.filter(path => isSettings(path, one.to)) : [];
    return from.length > 0 ? [{ one, from }] : [];
  });
  const place = copies[0] ? placeOf(stage, copies[0].one) : installed && placeOf(stage, installed);
  const value = clipped([...new Set(copies.flatMap(({ from }) => from))].join(' '), 120) || 'nginx';
  const why = 'its own container has nginx before the app; what that is told (paths, sizes, headers) is not taken over';
  return [{ kind: 'file', value, place: place ?? { file: stage.file, line: stage.line }, why }];
}

function isNginx(name: string): boolean {
  return /^nginx(-(light|full|extras|core|mainline))?$/.test(name);
}

/** Whether a file is copied to where nginx has its settings, or is called after it. */
function isSettings(from: string, to: string): boolean {
  return /(^|\/)nginx(\/|$)/.test(to) || /nginx[^/]*$/i.test(from.replace(/\/$/, ''));
}
