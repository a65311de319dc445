/** Volumes of the app in its own compose file: directories that whoever runs it keeps. */
import { isMap, isScalar, isSeq, LineCounter, parseDocument, type YAMLMap } from 'yaml';
import { resolvePath } from '../../source/paths.js';
import type { Sourced } from '../../source/sourced.js';
import type { Tree } from '../../source/tree.js';
import { COMPOSE_FILES } from './compose-services.js';
import { imageDirectory } from './dockerfile.js';

/** What is mounted for other reasons than to keep it. */
const NOT_KEPT = /(^|\/)(node_modules|\.?venv|__pycache__|static|staticfiles|\.\w+)(\/|$)|\.\w{1,5}$/;

/**
 * Finds the targets of volumes in services that are built here, absolute or relative to the directory that the app's
 * Dockerfile works in. Mounts of code are left out: what they bring is in the image.
 */
export async function composeVolumes(tree: Tree): Promise<readonly Sourced<string>[]> {
  const file = COMPOSE_FILES.find(path => tree.paths.includes(path));
  if (file === undefined) return [];
  const lines = new LineCounter();
  const document = parseDocument((await tree.read(file)) ?? '', { lineCounter: lines });
  const services = document.get('services');
  if (document.errors.length > 0 || !isMap(services)) return [];
  const workdir = await imageDirectory(tree);
  return services.items.flatMap(({ value: service }) => {
    const volumes = isMap(service) && service.has('build') ? service.get('volumes') : undefined;
    if (!isSeq(volumes)) return [];
    return volumes.items.flatMap(item => {
      const { source, target } = isMap(item) ? mountOf(item) : shortMount(isScalar(item) ? String(item.value) : '');
      const directory = resolvePath('', source);
      const isCode =
        directory === '' || tree.paths.some(path => path.startsWith(`${directory}/`) && !/\/\.git\w+$/.test(path));
      if (!target.startsWith('/') || source === '' || (/^[./]/.test(source) && isCode)) return [];
      const inside = target === workdir || target.startsWith(`${workdir}/`) ? target.slice(workdir.length + 1) : target;
      if (inside === '' || NOT_KEPT.test(inside)) return [];
      const at = (item as { range?: readonly number[] }).range?.[0] ?? 0;
      return [{ value: inside, place: { file, line: lines.linePos(at).line }, why: 'a volume of the compose file' }];
    });
  });
}

function mountOf(item: YAMLMap): { source: string; target: string } {
  return { source: String(item.get('source') ?? ''), target: String(item.get('target') ?? '') };
}

/** `uploads:/app/uploads`; one without a source, or for reading only, keeps nothing. */
function shortMount(text: string): { source: string; target: string } {
  const [, source = '', target = '', mode] = /^([^:]+):([^:]+?)\/?(?::(\w+))?$/.exec(text) ?? [];
  return mode === 'ro' ? { source: '', target: '' } : { source, target };
}
