/** Translations: compiled once, in a stage that alone has the tool for it. */
import type { Facts } from '../detect/facts.js';
import type { Stage, Step } from '../plan/types.js';
import { APP_DIR, workDirectory } from './paths.js';
import { pythonImage } from './python.js';
import { installPackages, shell } from './shell.js';

const STAGE = 'translations';

type TranslatedFacts = Pick<Facts, 'translations' | 'python' | 'root'>;

/** The stage that compiles them; none where all are. */
export function translationStages({ translations, python, root }: TranslatedFacts): readonly Stage[] {
  if (translations === undefined) return [];
  return [
    {
      id: STAGE,
      base: { kind: 'image', reference: pythonImage(python.version.value) },
      platform: 'build',
      steps: [
        ...installPackages('install gettext', ['gettext']),
        { kind: 'workdir', path: APP_DIR },
        {
          kind: 'copy',
          from: { kind: 'source', path: root?.value ?? '', include: patternsOf(translations.value) },
          to: APP_DIR,
        },
        shell('compile the translations', [COMPILE]),
      ],
    },
  ];
}

/** The step that lays the compiled ones beside those that they were made of. */
export function copyTranslations(facts: TranslatedFacts): readonly Step[] {
  if (facts.translations === undefined) return [];
  const from = { kind: 'stage', stage: STAGE, path: APP_DIR, include: ['**/*.mo'] } as const;
  return [{ kind: 'copy', from, to: workDirectory(facts) }];
}

/** One that is broken is left out with a word, as programs go on without it in the language of the code. */
const COMPILE =
  'find . -name "*.po" -exec sh -c \'for file; do msgfmt -o "${file%.po}.mo" "$file" || echo "not compiled: $file"; done\' sh {} +';

/** How many are named one by one: each pattern is tried on each file. */
const MANY = 100;

function patternsOf(paths: readonly string[]): readonly string[] {
  return paths.length > MANY ? ['**/LC_MESSAGES/*.po'] : paths.map(literal);
}

/** A path as a pattern that means nothing else. */
function literal(path: string): string {
  return path.replace(/[\\*?[\]!]/g, '\\$&');
}
