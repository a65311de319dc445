/** Configurations that the code chooses by a variable which nothing sets: they are told of. */
import { expect, it } from 'vitest';
import { detectFiles, type Files, FLASK, withFiles } from './apps.js';

const choosing = (fallback: string, usual = 'Development', files: Files = {}): Files =>
  withFiles(FLASK, {
    'shop/config.py': `import os\n\n\nclass Development:\n    DEBUG = True\n\n\nclass Production:\n    DEBUG = False\n\n\nconfig = {\n    "development": Development,\n    "production": Production,\n    "default": ${usual},\n}\nchosen = config[os.getenv("FLASK_CONFIG", "${fallback}")]\n`,
    ...files,
  });

it.each<readonly [string, Files, readonly string[] | undefined]>([
  [
    'told of where the code falls back to the default',
    choosing('default'),
    ['FLASK_CONFIG=production shop/config.py:14 the code falls back to "default": set it where people use the app'],
  ],
  [
    'told of where it falls back to that of developers',
    choosing('development'),
    ['FLASK_CONFIG=production shop/config.py:14 the code falls back to "development": set it where people use the app'],
  ],
  ['not where it falls back to that for people', choosing('production'), undefined],
  ['not where the default is for people', choosing('default', 'Production'), undefined],
  [
    'not where the container sets it',
    choosing('default', 'Development', { Dockerfile: 'FROM python:3.13\nENV FLASK_CONFIG=production\n' }),
    undefined,
  ],
  [
    'not where the configuration sets it',
    choosing('default', 'Development', { 'quayside.yaml': 'env: { FLASK_CONFIG: production }\n' }),
    undefined,
  ],
])('a configuration for people is %s', async (_, files, expected) => {
  const { facts, diagnostics } = await detectFiles(files);
  expect(diagnostics).toEqual([]);
  const told = facts!.unset?.map(({ value, place, why }) => `${value} ${place.file}:${place.line} ${why}`);
  expect(told).toEqual(expected);
});
