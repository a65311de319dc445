/** What only Django projects have: static files to collect, and the list of names that a site is called by. */
import type { EnvRead } from './env-reads.js';
import type { DjangoFacts, Framework } from './facts.js';
import type { Project } from './project.js';

/** Finds Django's part of the facts; undefined for other frameworks. */
export function detectDjango(
  project: Project,
  framework: Framework,
  reads: readonly EnvRead[],
): DjangoFacts | undefined {
  if (framework !== 'django') return undefined;
  const collectStatic = detectCollectStatic(project);
  const hosts = reads.find(({ name }) => /(^|_)ALLOWED_HOSTS?$/.test(name));
  return {
    ...(collectStatic && { collectStatic }),
    ...(hosts && {
      hosts: { value: hosts.name, place: { file: hosts.path, line: hosts.line }, why: 'read by the code' },
    }),
  };
}

/** `collectstatic` needs a place to collect to: without STATIC_ROOT the files are served by somebody else. */
function detectCollectStatic({ tree, modules }: Project): DjangoFacts['collectStatic'] {
  if (!tree.paths.includes('manage.py')) return undefined;
  for (const { path, isTest, statements } of modules) {
    if (isTest) continue;
    const root = statements.find(
      ({ tokens }) => tokens[0]?.text === 'STATIC_ROOT' && /^[=:]$/.test(tokens[1]?.text ?? ''),
    );
    if (!root || root.tokens.at(-1)?.text === 'None') continue;
    const value = ['python', 'manage.py', 'collectstatic', '--noinput'];
    return { value, place: { file: path, line: root.line }, why: 'STATIC_ROOT is set' };
  }
  return undefined;
}
