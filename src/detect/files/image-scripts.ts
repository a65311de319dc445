/** Scripts of the source that an image has under another path: `COPY ./compose/worker/start /start-worker`. */
import { resolvePath } from '../../source/paths.js';
import type { Tree } from '../../source/tree.js';
import type { ComposeService } from './compose-service.js';
import { readInstructions } from './dockerfile-instructions.js';
import { imageStages } from './image-stages.js';

/**
 * Finds the script that a service of a compose file is started by.
 * @param base the tree that the compose file lies in
 * @param path the script's path in the image
 * @returns its path in the tree; undefined when no Dockerfile of the service copies one there
 */
export async function copiedScript(base: Tree, service: ComposeService, path: string): Promise<string | undefined> {
  const context = resolvePath('', service.build?.value ?? '.');
  const dockerfile = resolvePath(context, service.dockerfile?.value ?? 'Dockerfile');
  const copied = readInstructions((await base.read(dockerfile)) ?? '').flatMap(instruction => {
    if (instruction.kind !== 'copy') return [];
    const { from, to } = instruction;
    return from.filter(source => to === path || (to.endsWith('/') && `${to}${source.split('/').at(-1)}` === path));
  });
  const script = copied.map(source => resolvePath(context, source)).at(-1);
  if (script !== undefined && base.paths.includes(script)) return script;
  // By a directory, or by a pattern: `ADD deploy/docker/* /bin/`.
  const laid = (await imageStages(base, dockerfile)).at(-1)?.sourceOf(path);
  return laid !== undefined && base.paths.includes(laid) ? laid : undefined;
}

/** The script of the source that the words of a service's command start, by the path that the image has it at or by its own. */
export async function startedScript(
  base: Tree,
  service: ComposeService,
  [first, second]: readonly string[],
): Promise<string | undefined> {
  const path = /^(\/(usr\/)?bin\/)?(ba|da|a)?sh$/.test(first ?? '') ? second : first;
  if (path === undefined) return undefined;
  if (path.startsWith('/')) return copiedScript(base, service, path);
  const own = resolvePath(resolvePath('', service.code ?? service.build?.value ?? '.'), path);
  return path.includes('/') && base.paths.includes(own) && !own.endsWith('.py') ? own : undefined;
}
