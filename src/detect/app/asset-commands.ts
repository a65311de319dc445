/** Commands of manage.py that make static files, as what deploys or tests a Django site runs them: nobody would collect what they make without. */
import type { Dependency } from '../../support/dependency.js';
import { dependencyOn } from '../../support/dependency.js';
import type { AssetCommand } from '../facts.js';
import { isPython, type RunProgram } from '../files/runners.js';
import type { Project } from '../project.js';
import { deployedPrograms } from './deployed-programs.js';

/** Those of packages. https://django-compressor.readthedocs.io/en/stable/scenarios.html https://pypi.org/project/django-sass-processor/ */
const OF_PACKAGES: Readonly<Record<string, { readonly package: string; readonly order: AssetCommand['order'] }>> = {
  compilescss: { package: 'django-sass-processor', order: 'before' },
  compress: { package: 'django-compressor', order: 'behind' },
};

/** Names that people give commands of their own for this. */
const OWN = /^(compile|build|generate)_?(themes?|scss|sass|less|css|styles?|assets|static(_?files)?)$/;

/** Finds them, each once, in the order in which they are run there. */
export async function assetCommands(
  { tree, source }: Project,
  dependencies: readonly Dependency[],
): Promise<readonly AssetCommand[]> {
  const found = new Map<string, AssetCommand>();
  for await (const { program, place } of deployedPrograms({ tree, source }, (_, text) =>
    /manage\.py|django-admin/.test(text),
  )) {
    const [command = '', ...options] = managed(program);
    const order = orderOf(command, tree.paths, dependencies);
    const isPlain = options.every(option => option.startsWith('-'));
    if (order && isPlain && !found.has(command))
      found.set(command, { value: [command, ...options], place, why: 'as it is run there', order });
  }
  return [...found.values()];
}

/** What Django is told to do; nothing where a program is another one, or a word of it is not known. */
function managed({ program, args }: RunProgram): readonly string[] {
  const words = args.map(({ text }) => text);
  if (args.some(({ isKnown }) => !isKnown)) return [];
  if (isPython(program)) return /(^|\/)manage\.py$/.test(words[0] ?? '') ? words.slice(1) : [];
  return program === 'manage.py' || program === 'django-admin' ? words : [];
}

function orderOf(
  command: string,
  paths: readonly string[],
  dependencies: readonly Dependency[],
): AssetCommand['order'] | undefined {
  const known = OF_PACKAGES[command];
  if (known) return dependencyOn(dependencies, known.package) && known.order;
  const isOwn = OWN.test(command) && paths.some(path => path.endsWith(`/management/commands/${command}.py`));
  return isOwn ? 'before' : undefined;
}
