/** What of the source no image may see, as .dockerignore says it. */
import type { Plan } from '../plan/types.js';
import { ownPaths } from './own-paths.js';
import { dockerPatterns } from './patterns.js';
import { placeOf } from './places.js';
import { BESIDE } from './record.js';
import { BROUGHT, HEADER, type Rendered, type RenderedSource } from './rendered.js';

/**
 * Writes .dockerignore: what the plan leaves out, what .gitignore files name, and the files that are rendered themselves.
 * @param rendered paths of all files that are rendered
 */
export function dockerignore(
  { source: { gitignore, exclude } }: Plan,
  source: RenderedSource,
  rendered: readonly string[],
): Rendered {
  const own = ownPaths(rendered, source.paths).filter(path => path !== BROUGHT);
  const ignored = gitignore
    ? Object.entries(source.gitignores).flatMap(([directory, text]) => dockerPatterns(directory, text))
    : [];
  const sections: readonly (readonly [string, readonly string[]])[] = [
    [
      'Histories, caches, what was installed elsewhere.',
      exclude.filter(pattern => pattern !== BROUGHT && !own.includes(pattern)),
    ],
    ['What .gitignore names.', ignored],
    ['What only builds and runs the images.', [...own, `**/*${BESIDE}`, BROUGHT, `!${BROUGHT}/image`]],
  ];
  const text = sections
    .filter(([, patterns]) => patterns.length > 0)
    .map(([title, patterns]) => `\n# ${title}\n${[...new Set(patterns)].join('\n')}\n`)
    .join('');
  return { path: placeOf(source, '.dockerignore'), text: `# ${HEADER}\n${text}` };
}
