/** What of the source no image may see, as .dockerignore says it. */
import type { Plan } from '../plan/types.js';
import { volumesOf } from './compose.js';
import { ownPaths } from './own-paths.js';
import { dockerPatterns } from './patterns.js';
import { placeOf } from './places.js';
import { BESIDE } from './record.js';
import { BROUGHT, HEADER, type Rendered, type RenderedSource } from './rendered.js';
import { BACKUP, CERTIFICATES, SECRETS } from './secrets.js';

/** The settings of a machine, which a build of the source's top may read as well. */
const SETTINGS = '.env';

/**
 * What targets of the Makefile leave in the source, for nobody but who runs it: a private key would come into images, and copies of databases into
 * the context of each build.
 */
function writtenByMake(plan: Plan, source: RenderedSource): readonly string[] {
  const copied = plan.stages.flatMap(({ steps }) => steps.flatMap(step => (step.kind === 'copy' ? [step.from] : [])));
  const isRead = copied.some(
    ({ kind, path, include = [SETTINGS], exclude = [] }) =>
      kind === 'source' && path === '' && include.includes(SETTINGS) && !exclude.includes(`**/${SETTINGS}`),
  );
  const archives = volumesOf(plan).map(volume => `${volume}.tar`);
  const tls = plan.processes.some(process => process.tls);
  return [
    ...(isRead ? [] : [SETTINGS]),
    `${SETTINGS}.quayside`,
    SECRETS,
    ...(tls ? ofMake(source, CERTIFICATES, ['cert.pem', 'key.pem']) : []),
    ...(hasOwn(source, BACKUP, archives) ? [] : [BACKUP]),
    ...archives.map(archive => `**/${archive}`),
  ];
}

/** A directory that make writes to: all of it, unless the source has files of its own there. */
function ofMake(source: RenderedSource, directory: string, files: readonly string[]): readonly string[] {
  return hasOwn(source, directory, files) ? files.map(file => `${directory}/${file}`) : [directory];
}

function hasOwn({ paths }: RenderedSource, directory: string, files: readonly string[]): boolean {
  const made = ['.gitignore', ...files].map(file => `${directory}/${file}`);
  return paths.some(path => path.startsWith(`${directory}/`) && !made.includes(path));
}

/**
 * Writes .dockerignore: what the plan leaves out, what .gitignore files name, and the files that are rendered themselves.
 * @param rendered paths of all files that are rendered
 */
export function dockerignore(plan: Plan, source: RenderedSource, rendered: readonly string[]): Rendered {
  const { gitignore, exclude } = plan.source;
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
    [
      'Settings, secrets, keys and backups that make writes.',
      writtenByMake(plan, source).filter(path => !ignored.includes(path) && !ignored.includes(`**/${path}`)),
    ],
  ];
  const text = sections
    .filter(([, patterns]) => patterns.length > 0)
    .map(([title, patterns]) => `\n# ${title}\n${[...new Set(patterns)].join('\n')}\n`)
    .join('');
  return { path: placeOf(source, '.dockerignore'), text: `# ${HEADER}\n${text}` };
}
