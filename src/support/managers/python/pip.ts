/** Pip: files that list requirements, as people write them or as pip-tools and uv compile them. */
import type { ListingManager } from './definition.js';

export const pip: ListingManager = {
  title: 'pip',
  doc: '`requirements.txt` and its like, with what they include; hashes where the files have them; code in the source named as `-e .` or `./libs/money`; a project with a setup.py or setup.cfg alone',
  rank: 5,
  spoken: 'pip with a requirements.txt',
  pins: 'requirements',
  mainFiles: [
    'requirements.txt',
    'requirements/production.txt',
    'requirements/prod.txt',
    'requirements/main.txt',
    'requirements/base.txt',
    'requirements/common.txt',
    'requirements/requirements.txt',
  ],
  // Such as requirement.txt, backend-requirements.txt, requirements_prod.txt, requirements.base.txt, requirements/app.txt.
  otherFiles: /^([\w-]*requirements?[\w.-]*|requirements\/[\w.-]+)\.txt$/i,
  // Such as requirements-dev.txt, requirements/test.txt, dev-requirements.txt.
  devFiles:
    /^(requirements([-_./]\w+)*[-_./](dev|devel|development|tests?|testing|local|ci)|(dev|tests?)[-_]requirements|tests?\/requirements([-_.]\w+)?)\.txt$/,
  compiled: {
    input: path => (path.endsWith('.txt') ? path.replace(/txt$/, 'in') : undefined),
    // pip-compile takes them for the environment's own.
    unlisted: ['distribute', 'pip', 'setuptools'],
    command: (input, path, text) =>
      /uv pip compile/.test(text) ? `uv pip compile ${input} -o ${path}` : `pip-compile ${input}`,
  },
  inputs: ['requirements.in', 'requirements/base.in', 'requirements/main.in'],
  setups: ['setup.cfg', 'setup.py'],
  commands: ({ lists, dropped, declared, from, to, file }) => [
    // The files include each other by relative paths, so they travel together.
    { words: ['cp', '-a', `${from}/.`, `${to}/files`] },
    ...dropped.map(place => ({ words: ['sed', '-i', `${place.line}s/.*//`, `${to}/files/${place.file}`] })),
    lists.length > 0
      ? { words: ['printf', '--', '-r files/%s\\n', ...lists], output: { file, mode: 'write' } }
      : { words: ['truncate', '--size=0', file] },
    ...(declared.length > 0
      ? [{ words: ['printf', '%s\\n', ...declared], output: { file, mode: 'append' } } as const]
      : []),
  ],
};
